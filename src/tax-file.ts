import { readFileSync } from 'node:fs'
import { reasonOf } from './follower/batch.js'
import { Fields } from './http/fields.js'
import { readJsonText } from './http/json-reader.js'
import { createCheck, createSchemaCompiler, decimalText, fields } from './http/schema.js'
import { isPercent } from './ledger/rate.js'
import { type TaxCountry, type TaxTable, taxNamesOf } from './ledger/tax.js'
import { isDate } from './ledger/time.js'
import { ConfigError } from './locations.js'

const SETTING = 'COUNTERFOIL_TAX_RATES'

const name = { type: 'string', minLength: 1, maxLength: 64, pattern: '\\S' } as const
const rate = fields({ from: { type: 'string', maxLength: 10 }, percent: decimalText })
const schema = fields({
  countries: {
    type: 'array',
    maxItems: 300,
    items: fields(
      {
        country: name,
        rates: { type: 'array', minItems: 1, maxItems: 100, items: rate },
      },
      { names: { type: 'array', maxItems: 20, items: name } },
    ),
  },
})

/** The rates of taxes in a file, as `demo/tax-rates.json` has them. Throws `ConfigError`, which names the file and the place in it. */
export const readTaxFile = (path: string): TaxTable => {
  const wrong = (sentence: string) => new ConfigError(`${SETTING}: ${path}: ${sentence}`)
  const table = tableOf(path, wrong)
  const names = new Set<string>()
  for (const country of table) {
    for (const one of taxNamesOf(country)) {
      if (names.has(one)) throw wrong(`the name '${one}' stands there twice; each name means one country`)
      names.add(one)
    }
    const fault = faultOf(country)
    if (fault !== undefined) throw wrong(`${country.country}: ${fault}`)
  }
  return table
}

const tableOf = (path: string, wrong: (sentence: string) => ConfigError): TaxTable => {
  try {
    const value = readJsonText(readFileSync(path, 'utf8'))
    createCheck(createSchemaCompiler(), schema, 'the file')(value)
    return new Fields(value).list('countries').map(countryOf)
  } catch (error) {
    throw wrong(reasonOf(error))
  }
}

const countryOf = (value: unknown): TaxCountry => {
  const country = new Fields(value)
  const names = country.has('names') ? country.list('names').map((name) => new Fields({ name }).text('name')) : []
  const rates = country.list('rates').map((one) => {
    const rate = new Fields(one)
    return { from: rate.text('from'), percent: rate.text('percent') }
  })
  return { country: country.text('country'), names, rates }
}

const faultOf = ({ country, rates }: TaxCountry): string | undefined => {
  if (!/^[A-Z]{2}$/.test(country)) return 'a country is a code of two capital letters such as SG'
  let before = ''
  for (const { from, percent } of rates) {
    if (!isDate(from)) return `'${from}' is no date such as 2024-01-01`
    if (from <= before) return `the rate from ${from} stands after the one from ${before}; write the oldest first`
    if (!isPercent(percent)) return `'${percent}' is no rate: per cent from 0 to 100, with four decimals at most`
    before = from
  }
  return undefined
}
