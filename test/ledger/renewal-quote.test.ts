import t from 'tap'
import { firstPeriod, nextPeriod } from '../../src/ledger/calendar.js'
import { quoteItem, quoteList, quoteRenewal } from '../../src/ledger/proration.js'

const june = firstPeriod('2020-06-01', 'month', 'UTC')

const bought = { addons: [], promocode: null, tax: null, currency: 'USD', zone: 'Asia/Singapore' } as const

/** Twelve of thirty days before the month ends. */
const first = { ...bought, today: '2020-06-19', running: null } as const

t.test('without a subscription the old plan counts at its list price', async (t) => {
  const list = { today: '2020-06-19', newPlan: { price: 5000n, unit: 'month' }, ...bought } as const
  t.match(quoteList({ ...list, oldPlan: { price: 1000n, unit: 'month' } }), {
    prorate: 2000n,
    rebate: 400n,
    payable: 1600n,
  })
  t.match(quoteList({ ...list, oldPlan: { price: 9000n, unit: 'month' } }), { payable: 0n, downgrade: true })
  const newPlan = { price: 73200n, unit: 'year' } as const
  const yearly = quoteList({ ...list, oldPlan: { price: 36600n, unit: 'year' }, newPlan })
  t.match(yearly, { prorate: 39200n, rebate: 19600n, remainingDays: 196, totalDays: 366 }, 'in the calendar year')
})

t.test('a renewal costs a whole period', async (t) => {
  const newPlan = { price: 5000n, unit: 'month' } as const
  const addons = [{ id: 'pack', price: 1000n }]
  const promocode = { type: 'percent', value: '10' } as const
  const tax = { country: 'SG', rate: '9' }
  const { lines, ...rest } = quoteRenewal({ ended: june, newPlan, addons, promocode, tax, currency: 'USD' })
  t.same(lines, [
    { kind: 'charge', amount: '50.00' },
    { kind: 'charge', amount: '10.00', addon: 'pack' },
    { kind: 'discount', amount: '6.00' },
    { kind: 'tax', amount: '4.86' },
  ])
  t.match(rest, {
    prorate: 6000n,
    rebate: 0n,
    payable: 5886n,
    charged: 5400n,
    period: nextPeriod(june),
    downgrade: false,
  })
  t.match(rest, { remainingDays: 31, totalDays: 31 })
  const year = quoteRenewal({ ended: june, ...bought, newPlan: { price: 50000n, unit: 'year' } })
  t.match(year, {
    payable: 50000n,
    period: { start: '2020-07-01', end: '2021-07-01', anchor: '2020-07-01', unit: 'year' },
  })
  const free = quoteRenewal({ ended: june, ...bought, newPlan: { price: 0n, unit: 'month' } })
  t.match(free, { payable: 0n, lines: [] })
})

t.test('a currency has its own decimals', async (t) => {
  const tax = { country: 'JP', rate: '10' }
  const yen = quoteItem({
    ...first,
    newPlan: { price: 1999n, unit: 'month' },
    currency: 'JPY',
    tax,
    promocode: { type: 'fixed', value: '100' },
  })
  t.same(yen.lines, [
    { kind: 'charge', amount: '800' },
    { kind: 'discount', amount: '100' },
    { kind: 'tax', amount: '70' },
  ])
  const dinar = quoteItem({
    ...first,
    newPlan: { price: 1999n, unit: 'month' },
    currency: 'KWD',
    promocode: { type: 'fixed', value: '0.100' },
  })
  t.same(dinar.lines, [
    { kind: 'charge', amount: '0.800' },
    { kind: 'discount', amount: '0.100' },
  ])
})
