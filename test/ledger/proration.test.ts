import t from 'tap'
import { firstPeriod, nextPeriod, periodAfter } from '../../src/ledger/calendar.js'
import { type Quote, type QuoteInput, quoteItem, quoteList } from '../../src/ledger/proration.js'
import type { Period } from '../../src/ledger/state.js'

const june: Period = { start: '2020-06-01', end: '2020-07-01', anchor: '2020-06-01', unit: 'month', zone: 'UTC' }

const bought = { addons: [], promocode: null, tax: null, currency: 'USD', zone: 'Asia/Singapore' } as const

/** Of a monthly plan on 19 June 2020, twelve of thirty days before the month ends. */
const quote = (price: bigint, more: Partial<QuoteInput> = {}): Quote =>
  quoteItem({ today: '2020-06-19', running: null, newPlan: { price, unit: 'month' }, ...bought, ...more })

const paidFor = (charged: bigint, period = june) => ({ period, charged })

t.test('from the free plan to one of 50.00, with 12 of 30 days left', async (t) => {
  const expected: Quote = {
    prorate: 2000n,
    rebate: 0n,
    promoDiscount: 0n,
    totalDiscount: 0n,
    tax: 0n,
    payable: 2000n,
    remainingDays: 12,
    totalDays: 30,
    rebateDays: null,
    lines: [{ kind: 'charge', amount: '20.00' }],
    period: { start: '2020-06-19', end: '2020-07-01', anchor: '2020-07-01', unit: 'month', zone: 'Asia/Singapore' },
    charged: 2000n,
    downgrade: false,
  }
  t.strictSame(quote(5000n), expected)
  const newPlan = { price: 5000n, unit: 'month' } as const
  t.strictSame(quoteList({ today: '2020-06-19', oldPlan: null, newPlan, ...bought }), expected)
})

t.test('examples of others, worked by hand: charge, rebate, what is paid', async (t) => {
  const from = (start: string, unit: Period['unit'] = 'month') => firstPeriod(start, unit, 'UTC')
  const rows: readonly (readonly [string, Period, string, readonly bigint[], readonly bigint[]])[] = [
    ['Braintree: 30 to 60, 20 of 30 days', from('2023-06-01'), '2023-06-11', [3000n, 6000n], [4000n, 2000n, 2000n]],
    [
      'Braintree: 1200 to 1920 a year, 213 of 365',
      from('2023-01-01', 'year'),
      '2023-06-02',
      [120000n, 192000n],
      [112044n, 70027n, 42017n],
    ],
    ['Stripe: 10 to 20, half of the period', from('2023-06-01'), '2023-06-16', [1000n, 2000n], [1000n, 500n, 500n]],
    [
      'Kill Bill: 249.95 to 599.95, 20 of 31 days',
      from('2012-05-01'),
      '2012-05-12',
      [24995n, 59995n],
      [38706n, 16126n, 22580n],
    ],
    [
      'Lago: 10 to 15 by calendar months, 20 of 31',
      from('2024-03-01'),
      '2024-03-12',
      [1000n, 1500n],
      [968n, 645n, 323n],
    ],
    [
      'Lago: 15 to 19 by anniversaries, 24 of 31',
      from('2024-03-05'),
      '2024-03-12',
      [1500n, 1900n],
      [1471n, 1161n, 310n],
    ],
    ['72.90 × 7 / 28 is 18.225', from('2023-02-01'), '2023-02-22', [0n, 7290n], [1823n, 0n, 1823n]],
  ]
  for (const [name, period, today, [charged = 0n, price = 0n], expected] of rows) {
    const { prorate, rebate, payable } = quote(price, {
      today,
      running: { period, charged },
      newPlan: { price, unit: period.unit },
    })
    t.same([prorate, rebate, payable], expected, name)
  }
})

t.test('the example of docs/proration.md', async (t) => {
  const promocode = { type: 'percent', value: '10' } as const
  const more = { promocode, tax: { country: 'SG', rate: '9' } }
  const first = quote(7290n, { running: paidFor(3000n), addons: [{ id: 'disk', price: 990n }], ...more })
  t.same(
    first.lines.map(({ amount }) => amount),
    ['29.16', '3.96', '12.00', '2.11', '1.71'],
  )
  t.match(first, { payable: 2072n, charged: 3101n })
  t.equal(quote(9000n, { today: '2020-06-25', running: first }).rebate, 1551n)
})

t.test('a first plan runs to the end of the calendar month, or a year from today', async (t) => {
  const rows = [
    ['month', '2020-06-01', '2020-07-01', '2020-07-01', 30, 30],
    ['month', '2020-06-30', '2020-07-01', '2020-07-01', 1, 30],
    ['month', '2020-12-31', '2021-01-01', '2021-01-01', 1, 31],
    ['month', '2024-02-29', '2024-03-01', '2024-03-01', 1, 29],
    ['year', '2020-06-19', '2021-06-19', '2020-06-19', 365, 365],
    ['year', '2024-02-29', '2025-02-28', '2024-02-29', 365, 365],
  ] as const
  for (const [unit, today, end, anchor, remaining, total] of rows) {
    const { period, remainingDays, totalDays } = quote(100n, { today, newPlan: { price: 100n, unit } })
    t.same(period, { start: today, end, anchor, unit, zone: 'Asia/Singapore' })
    t.same([remainingDays, totalDays], [remaining, total], today)
  }
})

t.test('whole months follow a plan bought within a month', async (t) => {
  const first = quote(5000n).period
  const second = nextPeriod(first)
  t.same([second.start, second.end], ['2020-07-01', '2020-08-01'])
  t.same(nextPeriod(second).end, '2020-09-01')
})

t.test('a plan is changed again: what was paid counts for the days since the last change', async (t) => {
  const first = quote(5000n)
  const second = quote(9000n, { today: '2020-06-22', running: first })
  t.same(
    [second.prorate, second.rebate, second.payable],
    [2700n, 1500n, 1200n],
    '9 of 30 days; 9 of the 12 that were paid',
  )
  t.same(second.rebateDays, { remainingDays: 9, totalDays: 12 })
  t.same(second.period, { ...first.period, start: '2020-06-22' })
  const third = quote(12000n, { today: '2020-06-22', running: second })
  t.equal(third.rebate, second.charged, 'on the same day, all of it')
  t.same([third.prorate, third.payable, third.remainingDays, third.totalDays], [3600n, 900n, 9, 30])
})

t.test('another bill period begins on the day of the change, and is paid whole', async (t) => {
  const yearly = quote(60000n, { running: paidFor(5000n), newPlan: { price: 60000n, unit: 'year' } })
  t.same([yearly.prorate, yearly.rebate, yearly.payable], [60000n, 2000n, 58000n])
  const year = { start: '2020-06-19', end: '2021-06-19', anchor: '2020-06-19', unit: 'year', zone: 'UTC' } as const
  t.same([yearly.period, yearly.remainingDays, yearly.totalDays], [year, 365, 365])
  const monthly = quote(5000n, { today: '2021-06-18', running: yearly })
  t.same([monthly.prorate, monthly.rebate, monthly.payable], [5000n, 164n, 4836n], 'a day of the year is left')
  t.same([monthly.period.start, monthly.period.end], ['2021-06-18', '2021-07-18'])
})

t.test('a downgrade is not paid, uses no promocode, and waits for the end of the period', async (t) => {
  const all = { type: 'percent', value: '100' } as const
  const more = { addons: [{ id: 'pack', price: 100n }], promocode: all, tax: { country: 'SG', rate: '9' } }
  t.strictSame(quote(1000n, { running: paidFor(5000n), ...more }), {
    prorate: 440n,
    rebate: 2000n,
    promoDiscount: 0n,
    totalDiscount: 2000n,
    tax: 0n,
    payable: 0n,
    remainingDays: 12,
    totalDays: 30,
    rebateDays: { remainingDays: 12, totalDays: 30 },
    lines: [],
    period: june,
    charged: 5000n,
    downgrade: true,
  })
  const year = firstPeriod('2020-06-01', 'year', 'UTC')
  const monthly = quote(5000n, { running: paidFor(60000n, year) })
  t.match(monthly, { downgrade: true, payable: 0n, period: year, charged: 60000n })
  t.same(periodAfter(year, 'month').end, '2021-07-01', 'the month begins where the year ends')
  t.same(periodAfter(year, 'year').end, '2022-06-01')
})

t.test('what rounding makes of a change between equal prices is no downgrade', async (t) => {
  const first = quote(1000n, { today: '2020-06-11' })
  t.equal(first.charged, 667n)
  const second = quote(1000n, { today: '2020-06-21', running: first })
  t.match(
    second,
    { prorate: 333n, rebate: 333n, payable: 0n, charged: 333n, downgrade: false },
    '3.335 would round to 3.34',
  )
  t.same(second.lines, [
    { kind: 'charge', amount: '3.33' },
    { kind: 'rebate', amount: '3.33' },
  ])
  t.match(quote(998n, { running: paidFor(1000n) }), { prorate: 399n, rebate: 399n, downgrade: false }, 'a cent')
  t.match(quote(995n, { running: paidFor(1000n) }), { prorate: 398n, rebate: 400n, downgrade: true }, 'two cents')
})

t.test('plan and add-ons are charged line by line, tax on what is left of their sum', async (t) => {
  const addons = [
    { id: 'mail', price: 999n },
    { id: 'gift', price: 0n },
    { id: 'disk', price: 1001n },
  ]
  const promocode = { type: 'percent', value: '12.5' } as const
  const { lines, ...rest } = quote(5000n, {
    running: paidFor(1000n),
    addons,
    promocode,
    tax: { country: 'SG', rate: '7' },
  })
  t.strictSame(lines, [
    { kind: 'charge', amount: '20.00' },
    { kind: 'charge', amount: '4.00', addon: 'mail' },
    { kind: 'charge', amount: '4.00', addon: 'disk' },
    { kind: 'rebate', amount: '4.00' },
    { kind: 'discount', amount: '3.00' },
    { kind: 'tax', amount: '1.47' },
  ])
  t.match(rest, { prorate: 2800n, rebate: 400n, promoDiscount: 300n, totalDiscount: 700n, tax: 147n, payable: 2247n })
  t.equal(rest.charged, 2500n)
})

t.test('a promocode lowers what is to be paid, at most to nothing', async (t) => {
  const rows = [
    ['percent', '50', 800n, 800n],
    ['percent', '0', 0n, 1600n],
    ['percent', '33.3333', 533n, 1067n],
    ['fixed', '5.00', 500n, 1100n],
    ['fixed', '16.00', 1600n, 0n],
    ['fixed', '99.00', 1600n, 0n],
  ] as const
  for (const [type, value, discount, payable] of rows) {
    const found = quote(5000n, { running: paidFor(1000n), promocode: { type, value } })
    t.match(found, { promoDiscount: discount, payable, charged: 2000n - discount }, `${type} ${value}`)
  }
})

t.test('what a promocode paid is not given back', async (t) => {
  const free = quote(5000n, { promocode: { type: 'percent', value: '100' } })
  t.match(free, { payable: 0n, charged: 0n })
  t.match(quote(9000n, { today: '2020-06-22', running: free }), { rebate: 0n, payable: 2700n })
  t.match(
    quote(1000n, { today: '2020-06-22', running: free }),
    { payable: 300n, downgrade: false },
    'not even for a lower plan',
  )
  const after = quote(9000n, { running: paidFor(5000n), promocode: { type: 'percent', value: '100' } })
  t.match(after, { payable: 0n, charged: 2000n }, 'money paid before it counts on')
})

t.test('an unpaid period is paid whole, and nothing is given back for it', async (t) => {
  const pastDue = nextPeriod(june)
  const today = '2020-07-05'
  const same = quote(5000n, { today, running: paidFor(5000n), pastDue })
  t.match(same, { prorate: 5000n, rebate: 0n, remainingDays: 31, totalDays: 31, period: pastDue, charged: 5000n })
  t.match(quote(1000n, { today, running: null, pastDue }), { payable: 1000n, downgrade: false })
  const yearly = quote(60000n, { today, running: null, pastDue, newPlan: { price: 60000n, unit: 'year' } })
  t.match(yearly, { payable: 60000n, rebate: 0n }, 'the days since it was unpaid are days of the year')
  t.same([yearly.period.start, yearly.period.end], ['2020-07-01', '2021-07-01'])
})

t.test('a period that is over gives nothing back: the next one is paid', async (t) => {
  for (const today of ['2020-07-01', '2020-07-20']) {
    const found = quote(5000n, { today, running: paidFor(9000n) })
    t.match(found, { prorate: 5000n, rebate: 0n, payable: 5000n, period: nextPeriod(june), downgrade: false }, today)
  }
})

t.test('no more is given back than was paid, whatever the day', async (t) => {
  const found = quote(9000n, { today: '2020-05-31', running: paidFor(5000n) })
  t.match(found, { prorate: 9000n, rebate: 5000n, remainingDays: 30, period: june })
})
