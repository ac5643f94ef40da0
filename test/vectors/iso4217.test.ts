import t from 'tap'
import { currencies, decimalsOf } from '../../src/ledger/currencies.js'
import { parseMinor } from '../../src/ledger/money.js'
import { admin } from '../support/actors.js'
import { opened } from '../support/facts.js'
import { given } from '../support/given.js'
import { casesOf, missingFile } from './published.js'

const file = 'iso4217/active.jsonl'
const missing = missingFile(file)

interface Row {
  readonly code: string
  readonly minorUnits: number | null
}

const rows = () => casesOf<Row>(file)

t.test('in CI the published list is there', { skip: !process.env.CI }, async (t) => {
  t.notOk(missing, `${missing}`)
})

t.test('the table of currencies is the published one', { skip: missing }, async (t) => {
  const published = rows().map(({ code, minorUnits }) => [code, minorUnits] as const)
  t.equal(published.length, 178)
  t.strictSame([...currencies].sort(), published.sort())
})

t.test('each currency takes its own decimals and not one more', { skip: missing }, async (t) => {
  for (const { code, minorUnits } of rows()) {
    const decimals = decimalsOf(code)
    if (minorUnits === null) t.equal(decimals, undefined, code)
    else {
      t.equal(decimals, minorUnits, code)
      const fitting = minorUnits === 0 ? '1' : `1.${'0'.repeat(minorUnits - 1)}1`
      const longer = minorUnits === 0 ? '1.0' : `${fitting}0`
      t.equal(parseMinor(fitting, minorUnits), minorUnits === 0 ? 1n : 10n ** BigInt(minorUnits) + 1n, code)
      t.equal(parseMinor(longer, minorUnits), 'too_many_decimals', code)
    }
  }
})

t.test('an account opens in every currency with minor units, and in no other', { skip: missing }, async (t) => {
  for (const { code, minorUnits } of rows()) {
    const open = given().when('open', { owner: 'ann', currency: code }, admin)
    const zero = minorUnits ? `0.${'0'.repeat(minorUnits)}` : '0'
    if (minorUnits === null) open.refused(t, 'unknown_currency', 'request')
    else open.then(t, opened('ann', zero, code))
  }
})

t.test('codes that are withdrawn, unknown or in lower case are no currencies', async (t) => {
  for (const code of ['BGN', 'CUC', 'ANG', 'eur', 'EURO', '', 'ZZZ', '__proto__', 'toString']) {
    t.equal(decimalsOf(code), undefined, code)
  }
})
