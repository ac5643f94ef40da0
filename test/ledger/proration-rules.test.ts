import t from 'tap'
import { addDays, daysBetween, firstPeriod, nextPeriod, restOfMonth } from '../../src/ledger/calendar.js'
import { formatMinor, fromEvent } from '../../src/ledger/money.js'
import { type Bought, type Quote, type QuoteInput, quoteItem, quoteRenewal } from '../../src/ledger/proration.js'
import type { Period } from '../../src/ledger/state.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

const price = fc.oneof(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 10n ** 14n }))
const unit = fc.constantFrom<Period['unit']>('month', 'year')
const day = fc.integer({ min: 0, max: 36_500 }).map((days) => addDays('2000-01-01', days))
const percent = fc.integer({ min: 0, max: 1_000_000 }).map((rate) => formatMinor(BigInt(rate), 4))
const currency = fc.constantFrom(['JPY', 0] as const, ['USD', 2] as const, ['KWD', 3] as const, ['CLF', 4] as const)

const bought: fc.Arbitrary<Bought> = currency.chain(([code, decimals]) =>
  fc.record({
    newPlan: fc.record({ price, unit }),
    addons: fc.array(fc.record({ id: fc.constantFrom('mail', 'disk'), price }), { maxLength: 3 }),
    promocode: fc.option(
      fc.oneof(
        fc.record({ type: fc.constant('percent' as const), value: percent }),
        fc.record({ type: fc.constant('fixed' as const), value: price.map((minor) => formatMinor(minor, decimals)) }),
      ),
    ),
    tax: fc.option(fc.record({ country: fc.constant('SG'), rate: percent })),
    currency: fc.constant(code),
  }),
)

/** A period some renewals after the first, in which the plan may have been changed. */
const period: fc.Arbitrary<Period> = fc
  .record({ day, unit, calendar: fc.boolean(), renewals: fc.integer({ min: 0, max: 15 }), changed: fc.nat() })
  .map(({ day, unit, calendar, renewals, changed }) => {
    let found = calendar && unit === 'month' ? restOfMonth(day, 'UTC') : firstPeriod(day, unit, 'UTC')
    for (let n = 0; n < renewals; n += 1) found = nextPeriod(found)
    return { ...found, start: addDays(found.start, changed % daysBetween(found.start, found.end)) }
  })

/** A day of a period. */
const within = ({ start, end }: Period, at: number): string => addDays(start, at % daysBetween(start, end))

const asked: fc.Arbitrary<QuoteInput> = fc
  .record({ bought, period, charged: price, at: fc.nat(), kind: fc.constantFrom('free', 'running', 'pastDue') })
  .map(({ bought, period, charged, at, kind }) => ({
    ...bought,
    today: within(period, at),
    running: kind === 'free' ? null : { period, charged },
    ...(kind === 'pastDue' && { pastDue: nextPeriod(period) }),
    zone: 'UTC',
  }))

const plain = { promocode: null, tax: null } as const

const sumOf = ({ lines }: Quote): bigint =>
  lines.reduce((sum, { kind, amount }) => {
    const minor = fromEvent(amount)
    return kind === 'rebate' || kind === 'discount' ? sum - minor : sum + minor
  }, 0n)

/** What every quote keeps to. */
const sound = (quote: Quote, input: Pick<QuoteInput, 'today'> & Bought): boolean => {
  const { prorate, rebate, promoDiscount, totalDiscount, tax, payable, remainingDays, totalDays, charged } = quote
  return (
    [prorate, rebate, promoDiscount, tax, payable, charged].every((minor) => minor >= 0n) &&
    quote.lines.every(({ amount }) => fromEvent(amount) > 0n) &&
    sumOf(quote) === payable &&
    totalDiscount === rebate + promoDiscount &&
    payable <= prorate + tax &&
    prorate <= input.addons.reduce((sum, addon) => sum + addon.price, input.newPlan.price) &&
    remainingDays >= 1 &&
    remainingDays <= totalDays &&
    (quote.downgrade ? payable === 0n && quote.lines.length === 0 : charged + tax === payable + rebate)
  )
}

t.test('a quote is never below zero, and its lines sum to what is paid', async (t) => {
  const property = fc.property(asked, (input) => {
    const quote = quoteItem(input)
    const paidBefore = input.pastDue === undefined ? (input.running?.charged ?? 0n) : 0n
    if (!sound(quote, input) || quote.rebate > paidBefore) return false
    const { start, end, unit } = quote.period
    if (quote.downgrade) return input.running?.period === quote.period
    return start < end && unit === input.newPlan.unit && (input.pastDue !== undefined || start === input.today)
  })
  check(t, property, 2000)
})

t.test('a renewal is a whole period', async (t) => {
  const property = fc.property(bought, period, (input, ended) => {
    const quote = quoteRenewal({ ...input, ended })
    const { prorate, rebate, remainingDays, totalDays, downgrade } = quote
    const list = input.addons.reduce((sum, addon) => sum + addon.price, input.newPlan.price)
    return (
      sound(quote, { ...input, today: ended.end }) &&
      prorate === list &&
      rebate === 0n &&
      remainingDays === totalDays &&
      quote.period.start === ended.end &&
      !downgrade
    )
  })
  check(t, property, 500)
})

t.test('the fewer days are left, the less is charged and given back', async (t) => {
  const property = fc.property(bought, period, price, fc.tuple(fc.nat(), fc.nat()), (input, period, charged, at) => {
    const [early = '', late = ''] = at.map((days) => within(period, days)).sort()
    const newPlan = { ...input.newPlan, unit: period.unit }
    const [more, less] = [early, late].map((today) =>
      quoteItem({ ...input, ...plain, newPlan, today, running: { period, charged }, zone: 'UTC' }),
    )
    if (more === undefined || less === undefined) return false
    if (more.prorate < less.prorate || more.rebate < less.rebate) return false
    // Of the difference of the two, each line may have rounded half a minor unit away.
    return more.downgrade || less.payable <= more.payable + BigInt(input.addons.length + 2)
  })
  check(t, property, 1000)
})

t.test('a first plan costs less the later it is bought', async (t) => {
  const property = fc.property(bought, day, fc.integer({ min: 0, max: 30 }), (input, today, later) => {
    const newPlan = { ...input.newPlan, unit: 'month' as const }
    const { end } = restOfMonth(today, 'UTC')
    const on = (day: string) => quoteItem({ ...input, newPlan, today: day, running: null, zone: 'UTC' })
    const after = addDays(today, later % daysBetween(today, end))
    return on(after).payable <= on(today).payable
  })
  check(t, property, 1000)
})

t.test('up and down again on one day costs what up alone costs; what was charged is given back whole', async (t) => {
  const property = fc.property(asked, fc.record({ price, unit }), (input, other) => {
    fc.pre(input.pastDue === undefined)
    const up = quoteItem({ ...input, ...plain })
    fc.pre(!up.downgrade)
    const again = quoteItem({ ...input, ...plain, running: up })
    const newPlan = { ...other, unit: up.period.unit }
    const then = quoteItem({ ...input, ...plain, addons: [], newPlan, running: up })
    return (
      again.payable === 0n &&
      again.rebate === up.charged &&
      then.payable === (then.prorate > up.charged ? then.prorate - up.charged : 0n)
    )
  })
  check(t, property, 1000)
})

t.test('a change between equal prices is never a downgrade, and costs no more than rounding', async (t) => {
  const property = fc.property(bought, period, fc.tuple(fc.nat(), fc.nat()), (input, period, at) => {
    const [first = '', second = ''] = at.map((days) => within(period, days)).sort()
    const same = { ...input, ...plain, newPlan: { ...input.newPlan, unit: period.unit }, zone: 'UTC' }
    const before = quoteItem({ ...same, today: first, running: { period, charged: 0n } })
    const after = quoteItem({ ...same, today: second, running: before })
    return !after.downgrade && after.payable <= BigInt(1 + input.addons.length)
  })
  check(t, property, 1000)
})

t.test('what a promocode of 100 % has paid is never given back', async (t) => {
  const promocode = { type: 'percent', value: '100' } as const
  const property = fc.property(bought, bought, day, fc.nat(), (first, second, today, at) => {
    const free = quoteItem({ ...first, promocode, today, running: null, zone: 'UTC' })
    const later = within(free.period, at)
    const { rebate, downgrade } = quoteItem({ ...second, today: later, running: free, zone: 'UTC' })
    return free.payable === 0n && free.charged === 0n && rebate === 0n && !downgrade
  })
  check(t, property, 500)
})

t.test('change after change, no more is given back than was ever paid', async (t) => {
  const steps = fc.array(fc.tuple(bought, fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 12 })
  const property = fc.property(steps, day, (changes, start) => {
    let [today, paid, running]: [string, bigint, Quote | null] = [start, 0n, null]
    for (const [input, days] of changes) {
      today = addDays(today, days)
      const quote: Quote = quoteItem({ ...input, tax: null, today, running, zone: 'UTC' })
      if (!sound(quote, { ...input, tax: null, today })) return false
      paid += quote.payable
      running = quote
      if (quote.charged > paid) return false
    }
    return true
  })
  check(t, property, 500)
})
