import t from 'tap'
import { isPercent, partOf, percentOf } from '../../src/ledger/rate.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

t.test('a part is rounded once, half up', async (t) => {
  t.equal(partOf(7290n, 7, 28), 1823n, '72.90 × 7 / 28 is 18.225')
  t.equal(partOf(1000n, 15, 30), 500n, 'never by the rounded price of a day, which would give 4.95')
  t.equal(partOf(1n, 1, 2), 1n)
  t.equal(partOf(1n, 1, 3), 0n)
  t.equal(partOf(0n, 5, 31), 0n)
  t.equal(partOf(5n, 31, 31), 5n)
  const huge = 10n ** 28n + 1n
  t.equal(partOf(huge, 365, 366), (huge * 730n + 366n) / 732n, 'past any number that JavaScript is exact for')
})

t.test('a percentage is rounded once, half up', async (t) => {
  t.equal(percentOf(2550n, '7'), 179n, '7 % of 25.50 is 1.785')
  t.equal(percentOf(10_000n, '33.3333'), 3333n)
  t.equal(percentOf(50n, '1'), 1n)
  t.equal(percentOf(49n, '1'), 0n)
  t.equal(percentOf(12_345n, '100'), 12_345n)
  t.equal(percentOf(12_345n, '0'), 0n)
})

t.test('what is no percentage never reaches the arithmetic', async (t) => {
  const good = ['0', '7', '9.5', '10', '99.9999', '100', '100.0', '100.0000', '0.0001']
  const bad = [
    '',
    '-1',
    '+1',
    '007',
    '1e2',
    '1e1000000',
    '100.0001',
    '101',
    '1000',
    '5.',
    '.5',
    '1.00001',
    ' 7',
    'NaN',
    '٧',
  ]
  for (const text of good) t.ok(isPercent(text), text)
  for (const text of [...bad, '1'.repeat(10_000_000)]) {
    t.notOk(isPercent(text), text.slice(0, 12))
    t.throws(() => percentOf(100n, text), { name: 'RangeError' })
  }
})

t.test('days are whole, and there are some', async (t) => {
  t.throws(() => partOf(100n, 1.5, 30), { name: 'RangeError' })
  t.throws(() => partOf(100n, 1, 0), { message: /Division by zero/ })
})

t.test('parts and percentages are those of exact fractions', async (t) => {
  const minor = fc.bigInt({ min: 0n, max: 10n ** 28n })
  const days = fc.tuple(fc.integer({ min: 0, max: 366 }), fc.integer({ min: 1, max: 366 }))
  const percent = fc.integer({ min: 0, max: 1_000_000 })
  const half = (over: bigint, under: bigint): bigint => (2n * over + under) / (2n * under)
  const property = fc.property(minor, days, percent, (amount, [some, all], rate) => {
    const text = `${Math.floor(rate / 10_000)}.${String(rate % 10_000).padStart(4, '0')}`
    return (
      partOf(amount, some, all) === half(amount * BigInt(some), BigInt(all)) &&
      percentOf(amount, text) === half(amount * BigInt(rate), 1_000_000n)
    )
  })
  check(t, property, 1000)
})
