import t from 'tap'
import { type TaxTable, taxCountryOf, taxOn } from '../../src/ledger/tax.js'

const table: TaxTable = [
  {
    country: 'SG',
    names: ['Singapore', 'SGP'],
    rates: [
      { from: '2007-07-01', percent: '7' },
      { from: '2023-01-01', percent: '8' },
      { from: '2024-01-01', percent: '9' },
    ],
  },
  { country: 'DE', names: ['Deutschland', 'Germany'], rates: [{ from: '2007-01-01', percent: '19' }] },
  { country: 'HK', names: [], rates: [{ from: '2000-01-01', percent: '0' }] },
]

t.test('a rate holds from its first day until the next one’s', async (t) => {
  const rows = [
    ['2007-06-30', null],
    ['2007-07-01', '7'],
    ['2022-12-31', '7'],
    ['2023-01-01', '8'],
    ['2023-12-31', '8'],
    ['2024-01-01', '9'],
    ['2099-01-01', '9'],
  ] as const
  for (const [day, rate] of rows) t.same(taxOn(table, 'SG', day), rate && { country: 'SG', rate }, day)
})

t.test('each country has its own; one that is not in the table has none', async (t) => {
  t.same(taxOn(table, 'DE', '2026-01-01'), { country: 'DE', rate: '19' })
  t.same(taxOn(table, 'HK', '2026-01-01'), { country: 'HK', rate: '0' }, 'a rate of nothing is a rate')
  t.equal(taxOn(table, 'FR', '2026-01-01'), null)
  t.equal(taxOn(table, 'sg', '2026-01-01'), null, 'events have the table’s code')
  t.equal(taxOn(table, undefined, '2026-01-01'), null)
  t.equal(taxOn([], 'SG', '2026-01-01'), null)
})

t.test('a country is known by its code and its names, without regard to case', async (t) => {
  for (const name of ['SG', 'sg', 'SGP', 'Singapore', ' SINGAPORE ', 'Ｓｉｎｇａｐｏｒｅ'])
    t.equal(taxCountryOf(table, name), 'SG', name)
  t.equal(taxCountryOf(table, 'germany'), 'DE')
  for (const name of ['', 'S', 'Singapore, SG', 'France', '__proto__'])
    t.equal(taxCountryOf(table, name), undefined, name)
  t.equal(taxCountryOf([], 'SG'), undefined)
})
