import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../src/config.js'
import { taxCountryOf, taxOn } from '../src/ledger/tax.js'
import { root } from './support/root.js'
import { folder } from './support/serving.js'

const data = folder(t)
const path = join(data, 'rates.json')

const taxes = (file: string) => readConfig({ COUNTERFOIL_DATA: data, COUNTERFOIL_TAX_RATES: file }).taxes

const written = (content: unknown): string => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const rates = [{ from: '2024-01-01', percent: '9' }]

t.test('without a file nothing is taxed', async (t) => {
  t.same(readConfig({ COUNTERFOIL_DATA: data }).taxes, [])
})

t.test('the demo’s file has the history of Singapore’s tax', async (t) => {
  const table = taxes(join(root, 'demo', 'tax-rates.json'))
  for (const name of ['Singapore', 'SG', 'SGP']) t.equal(taxCountryOf(table, name), 'SG')
  const rows = [
    ['2020-06-19', '7'],
    ['2023-06-19', '8'],
    ['2026-06-19', '9'],
  ] as const
  for (const [day, rate] of rows) t.same(taxOn(table, 'SG', day), { country: 'SG', rate }, day)
})

t.test('docs/proration.md shows the demo’s file', async (t) => {
  const page = readFileSync(join(root, 'docs', 'proration.md'), 'utf8')
  t.ok(page.includes(readFileSync(join(root, 'demo', 'tax-rates.json'), 'utf8')))
})

t.test('names may be left out, and there may be no country at all', async (t) => {
  t.same(taxes(written({ countries: [{ country: 'SG', rates }] })), [{ country: 'SG', names: [], rates }])
  t.same(taxes(written({ countries: [] })), [])
})

t.test('a file that cannot be used stops the start: it is named, with the place in it', async (t) => {
  const one = (country: object) => ({ countries: [{ country: 'SG', rates, ...country }] })
  const wrong: readonly (readonly [unknown, string])[] = [
    ['{', 'a name was expected'],
    ['{"countries":[],"countries":[]}', 'a name comes twice'],
    [[], 'the file: must be object'],
    [{}, "the file: must have required property 'countries'"],
    [{ countries: [], more: 1 }, 'the file: a field that is not known here: more'],
    [one({ country: 'Singapore' }), 'Singapore: a country is a code of two capital letters such as SG'],
    [one({ country: 1 }), 'the file/countries/0/country: must be string'],
    [one({ names: [' '] }), 'the file/countries/0/names/0'],
    [one({ rates: [] }), 'the file/countries/0/rates'],
    [
      one({ rates: [{ from: '2024-01-01', percent: 9 }] }),
      'rates/0/percent: a string with a decimal was expected, such as "12.50"',
    ],
    [one({ rates: [{ from: '2024-02-30', percent: '9' }] }), "SG: '2024-02-30' is no date such as 2024-01-01"],
    [one({ rates: [{ from: '2024-01-01', percent: '900' }] }), "SG: '900' is no rate: per cent from 0 to 100"],
    [one({ rates: [{ from: '2024-01-01', percent: '-1' }] }), "SG: '-1' is no rate"],
    [one({ rates: [...rates, ...rates] }), 'the rate from 2024-01-01 stands after .*; write the oldest first'],
    [one({ names: ['sg'] }), "the name 'sg' stands there twice; each name means one country"],
    [
      {
        countries: [
          { country: 'SG', rates },
          { country: 'MY', names: ['SG'], rates },
        ],
      },
      "the name 'sg' stands there twice",
    ],
  ]
  for (const [content, sentence] of wrong) {
    t.throws(() => taxes(written(content)), {
      code: 'invalid_configuration',
      message: new RegExp(`^COUNTERFOIL_TAX_RATES: ${path}: .*${sentence}`),
    })
  }
  t.throws(() => taxes(join(data, 'none.json')), { code: 'invalid_configuration', message: /none\.json: ENOENT/ })
})
