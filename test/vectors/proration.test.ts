import t from 'tap'
import { firstPeriod, stepFrom } from '../../src/ledger/calendar.js'
import { amountText, parseMinor } from '../../src/ledger/money.js'
import { type Quote, type QuoteInput, quoteItem } from '../../src/ledger/proration.js'
import { partOf, percentOf } from '../../src/ledger/rate.js'
import { createDateIn } from '../../src/ledger/zone.js'
import { casesOf, missingFile } from './published.js'

const file = 'proration/cases.jsonl'
const missing = missingFile(file)

/** Money as decimal text; `null`: the source does not say. */
interface Case {
  readonly case: string
  readonly periodStart: string | null
  readonly periodEnd: string | null
  readonly changeDate: string | null
  readonly daysTotal: number
  readonly daysRemaining: number
  readonly oldPrice: string | null
  readonly newPrice: string | null
  readonly newPriceFullPeriod?: string
  readonly expectedCredit: string | null
  readonly expectedCharge: string | null
  readonly expectedNet?: string
  readonly ourFormula: { readonly plan_rebate: string | null; readonly prorate: string | null }
  readonly usedDays?: number
  readonly tax?: {
    readonly rate: string
    readonly tax?: string
    readonly total?: string
    readonly creditWithTax?: string
    readonly chargeWithTax?: string
  }
  readonly timezone?: string
  readonly instant?: string
}

const minor = (text: string | null): bigint => {
  const found = parseMinor(text ?? '0', 2)
  if (typeof found !== 'bigint') throw new Error(`${text} is no amount`)
  return found
}

const text = (amount: bigint): string => amountText(amount, 'USD')

/** The rows that the source reckons otherwise, each with its reason. Everything else agrees to the cent. */
const differences: Readonly<Record<string, string>> = {
  'lago terminated on the day it started':
    'there the day of the change is the old plan’s, and an end gives money back; here it is the new plan’s, and a cancelled plan runs to its end',
  'lago anniversary, terminated on the first day': 'the same',
  'lago quarter 910.00, ended 20 Jun':
    'billed afterwards, for the days used; here plans are paid ahead, by month or year',
  'mlytics: rounding the daily price first (a known mistake)':
    'the price of a day is rounded there; here the line, once',
}

t.test('in CI the published cases are there', { skip: !process.env.CI }, async (t) => {
  t.notOk(missing, `${missing}`)
})

t.test('the part of a price for the days that are left is the published one', { skip: missing }, async (t) => {
  const rows = casesOf<Case>(file)
  t.equal(rows.length, 61)
  const other: string[] = []
  for (const { case: name, daysRemaining, daysTotal, ...row } of rows) {
    const rebate = row.oldPrice && text(partOf(minor(row.oldPrice), daysRemaining, daysTotal))
    const prorate = row.newPrice && text(partOf(minor(row.newPrice), daysRemaining, daysTotal))
    const { plan_rebate: ourRebate, prorate: ourProrate } = row.ourFormula
    if (ourRebate !== null) t.equal(rebate, ourRebate, name)
    if (ourProrate !== null) t.equal(prorate, ourProrate, name)
    const credit = row.expectedCredit === null || row.expectedCredit === rebate
    const charge = row.newPriceFullPeriod ?? row.expectedCharge ?? prorate
    if (!credit || (row.expectedCharge !== null && row.expectedCharge !== (row.newPriceFullPeriod ?? prorate))) {
      other.push(name)
    } else if (charge !== null && rebate && row.expectedNet !== undefined) {
      t.equal(text(minor(charge) - minor(rebate)), row.expectedNet, `${name}: net`)
    }
  }
  t.same(other, Object.keys(differences))
})

/** Of a row that has dates, a new plan, and a period that a plan can have. */
const quoteOf = (row: Case, more: Partial<QuoteInput> = {}): Quote | undefined => {
  const { periodStart, periodEnd, changeDate, oldPrice } = row
  const price = row.newPriceFullPeriod ?? row.newPrice
  if (periodStart === null || changeDate === null || price === null) return undefined
  const unit = (['month', 'year'] as const).find((unit) => stepFrom(periodStart, unit, 1) === periodEnd)
  if (unit === undefined) return undefined
  const other = unit === 'month' ? 'year' : 'month'
  return quoteItem({
    today: changeDate,
    running: { period: firstPeriod(periodStart, unit, 'UTC'), charged: minor(oldPrice) },
    newPlan: { price: minor(price), unit: row.newPriceFullPeriod === undefined ? unit : other },
    addons: [],
    promocode: null,
    tax: null,
    currency: 'USD',
    zone: 'UTC',
    ...more,
  })
}

/** Others credit or refund the difference at once; here the plan changes when the paid period ends. */
const downgrades = [
  'polar fixed to free',
  'polar yearly-to-monthly-fifth-of-year',
  'polar yearly-to-monthly-february-leap-year',
  'polar docs downgrade',
  'flexprice downgrade_with_credit_cap',
  'flexprice downgrade 1000 to 500',
]

t.test('a change of plan is quoted as it is published', { skip: missing }, async (t) => {
  const waiting: string[] = []
  let quoted = 0
  for (const row of casesOf<Case>(file)) {
    const quote = quoteOf(row)
    if (quote === undefined) continue
    quoted += 1
    const { case: name, expectedCredit, expectedCharge, expectedNet, changeDate } = row
    t.equal(text(quote.rebate), expectedCredit ?? '0.00', name)
    t.equal(text(quote.prorate), expectedCharge, name)
    const { remainingDays, totalDays } = quote
    if (row.newPriceFullPeriod === undefined)
      t.same([remainingDays, totalDays], [row.daysRemaining, row.daysTotal], name)
    else t.equal(remainingDays, totalDays, `${name}: a whole period`)
    if (quote.downgrade) {
      waiting.push(name)
      t.same([quote.payable, quote.lines, quote.charged], [0n, [], minor(row.oldPrice)], name)
    } else {
      t.equal(quote.period.start, changeDate, name)
      t.equal(quote.payable, quote.prorate - quote.rebate, name)
      if (expectedNet !== undefined) t.equal(text(quote.payable), expectedNet, name)
    }
  }
  t.equal(quoted, 41)
  t.same(waiting, downgrades)
})

t.test('tax on a part of a price is the published one', { skip: missing }, async (t) => {
  const rows = casesOf<Case>(file).filter(({ tax }) => tax !== undefined)
  t.equal(rows.length, 12)
  for (const row of rows) {
    const { case: name, tax, expectedCredit, expectedCharge } = row
    if (tax === undefined) continue
    const { rate, creditWithTax, chargeWithTax, tax: alone, total } = tax
    const base = minor(chargeWithTax === undefined ? expectedCredit : expectedCharge)
    const taxed = percentOf(base, rate)
    if (alone !== undefined) t.equal(text(taxed), alone, name)
    t.equal(text(base + taxed), creditWithTax ?? chargeWithTax ?? total, name)
    if (chargeWithTax === undefined) continue
    const quote = quoteOf(row, { tax: { country: 'JP', rate }, running: null })
    t.equal(text(quote?.payable ?? 0n), chargeWithTax, `${name}: a first plan`)
  }
})

t.test('the day of a change is that of the zone', { skip: missing }, async (t) => {
  const rows = casesOf<Case>(file).filter(({ timezone }) => timezone !== undefined)
  t.equal(rows.length, 3)
  for (const { case: name, timezone = '', instant = '', changeDate } of rows) {
    t.equal(createDateIn(timezone)(instant), changeDate, name)
  }
})

/** Where others take another rule, though the arithmetic of the row agrees: what the same change costs here. */
t.test('other rules of others, and what the same costs here', { skip: missing }, async (t) => {
  const rows = new Map(casesOf<Case>(file).map((row) => [row.case, row]))
  const row = (name: string): Case => {
    const found = rows.get(name)
    if (found === undefined) throw new Error(`there is no case ${name}`)
    return found
  }
  const half = { type: 'percent', value: '50' } as const
  const discounted = quoteOf(
    { ...row('polar discount change: 25% old, 50% new'), newPrice: '1000.00' },
    { promocode: half },
  )
  t.equal(
    text(discounted?.payable ?? 0n),
    '231.25',
    'a promocode lowers what is to be paid: half of 500.00 − 37.50; Polar halves the price, 212.50',
  )

  const anniversary = row('lago monthly to yearly: charge until the anniversary')
  const yearly = quoteItem({
    today: '2023-09-28',
    running: {
      period: { ...firstPeriod('2023-08-29', 'month', 'UTC'), anchor: '2023-06-29' },
      charged: minor('10.00'),
    },
    newPlan: { price: minor(anniversary.newPrice), unit: 'year' },
    addons: [],
    promocode: null,
    tax: null,
    currency: 'USD',
    zone: 'UTC',
  })
  t.equal(
    text(yearly.prorate),
    '120.00',
    'a year begins on the day of the change; Lago charges up to the day it all began, 90.16',
  )
  t.equal(text(yearly.rebate), row('lago monthly to yearly: credit of one day').expectedCredit)
  t.equal(yearly.period.end, '2024-09-28')

  const annual = row('braintree annual 1200 to 1920, 213 of 365 days')
  t.equal(
    annual.expectedNet,
    '420.17',
    'charge and rebate are two lines, each rounded; Braintree rounds their difference, 420.16',
  )
  t.equal(text(partOf(minor('720.00'), 213, 365)), '420.16')
})
