import t from 'tap'
import { amountText, fromEvent } from '../../src/ledger/money.js'
import { less, share } from '../../src/ledger/share.js'
import type { Line } from '../../src/ledger/state.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

const line = (kind: Line['kind'], amount: string, item = 0): Line => ({ item, plan: 'p', kind, amount })

const sum = (lines: readonly Line[]): bigint =>
  lines.reduce((total, { kind, amount }) => {
    const minor = fromEvent(amount)
    return kind === 'rebate' || kind === 'discount' ? total - minor : total + minor
  }, 0n)

t.test('each line gives its part, rounded down, and the first ones what is missing', async (t) => {
  const three = [line('charge', '1.00', 0), line('charge', '1.00', 1), line('charge', '1.00', 2)]
  t.same(share(three, 100n, 'EUR'), [line('charge', '0.34', 0), line('charge', '0.33', 1), line('charge', '0.33', 2)])
  t.same(share(three, 1n, 'EUR'), [line('charge', '0.01', 0)])
  const taxed = [line('charge', '10.00'), line('discount', '4.00'), line('tax', '0.60')]
  t.same(share(taxed, 660n, 'EUR'), taxed)
  t.same(share(taxed, 330n, 'EUR'), [line('charge', '5.00'), line('discount', '2.00'), line('tax', '0.30')])
})

t.test('however often parts are taken, they sum to what was asked, and nothing is left below zero', async (t) => {
  const kind = fc.constantFrom<Line['kind']>('charge', 'tax', 'rebate', 'discount')
  const drawn = fc.tuple(kind, fc.nat({ max: 3 }), fc.nat({ max: 500 }))
  const property = fc.property(
    fc.array(drawn, { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
    (all, asked) => {
      let left: readonly Line[] = all.map(([kind, item, minor]) => line(kind, amountText(BigInt(minor), 'EUR'), item))
      if (sum(left) <= 0n) return true
      for (const minor of [...asked.map(BigInt), sum(left)]) {
        const before = sum(left)
        if (before === 0n) break
        const amount = minor % (before + 1n)
        const given = share(left, amount, 'EUR')
        if (sum(given) !== amount || given.some((one) => fromEvent(one.amount) <= 0n)) return false
        left = less(left, given, 'EUR')
        if (sum(left) !== before - amount || left.some((one) => fromEvent(one.amount) < 0n)) return false
      }
      return true
    },
  )
  check(t, property, 500)
})

t.test('lines that are not there are not lowered', async (t) => {
  const lines = [line('charge', '1.00'), line('charge', '1.00', 1)]
  t.same(less(lines, [line('tax', '1.00'), line('charge', '3.00', 1)], 'EUR'), [
    line('charge', '1.00'),
    line('charge', '0.00', 1),
  ])
})
