import { calendarPeriod, daysBetween, firstPeriod, periodAfter, restOfMonth, wholePeriod } from './calendar.js'
import { amountText, fromEvent } from './money.js'
import { partOf, percentOf } from './rate.js'
import type { Line, Period } from './state.js'
import { type AppliedTax, taxOf } from './tax.js'
import { latest } from './time.js'

/** Prices of a plan's change and of its renewal: docs/proration.md. Amounts are minor units of one currency; every line is rounded once. */

export interface QuotedPlan {
  /** For a whole period. */
  readonly price: bigint
  readonly unit: Period['unit']
}

export interface QuotedAddon {
  readonly id: string
  /** For a whole period of the plan it is bought with. */
  readonly price: bigint
}

/** As an event says it: `value` is per cent, or an amount with the decimals of the currency. */
export interface QuotedPromocode {
  readonly type: 'percent' | 'fixed'
  readonly value: string
}

/** What is bought, all of it: add-ons that are not named are not kept. */
export interface Bought {
  readonly newPlan: QuotedPlan
  readonly addons: readonly QuotedAddon[]
  readonly promocode: QuotedPromocode | null
  readonly tax: AppliedTax | null
  readonly currency: string
}

export interface QuoteInput extends Bought {
  /** The date in the zone of the running period, or else in `zone`. */
  readonly today: string
  /** `charged`: what was paid for `[start, end)`, after promocodes, before tax. `null`: nothing paid is running, as on the free plan. */
  readonly running: { readonly period: Period; readonly charged: bigint } | null
  /** The period that is running unpaid: it is paid whole, and nothing is given back. */
  readonly pastDue?: Period
  /** Of a first period. */
  readonly zone: string
}

export interface ListQuoteInput extends Bought {
  readonly today: string
  /** `null`: the free plan. */
  readonly oldPlan: QuotedPlan | null
  readonly zone: string
}

export interface RenewalQuoteInput extends Bought {
  /** The period that is over. */
  readonly ended: Period
}

/** A line of an event, but for its item and plan: a charge of an add-on names it; any other belongs to the plan or the whole item. */
export interface QuoteLine extends Pick<Line, 'kind' | 'amount'> {
  readonly addon?: string
}

export interface Days {
  readonly remainingDays: number
  readonly totalDays: number
}

export interface Quote {
  /** Of plan and add-ons, for the days that are left. */
  readonly prorate: bigint
  /** What is given back of what was paid for them. */
  readonly rebate: bigint
  readonly promoDiscount: bigint
  /** Rebate and promocode. */
  readonly totalDiscount: bigint
  readonly tax: bigint
  readonly payable: bigint
  /** Of the new plan: today counts. */
  readonly remainingDays: number
  readonly totalDays: number
  /** Of what was paid for; `null`: nothing was running that is paid. */
  readonly rebateDays: Days | null
  /** In this order: the plan, each add-on, rebate, discount, tax; those of zero are left out. They sum to `payable`. */
  readonly lines: readonly QuoteLine[]
  /** Of the item from now on; after a downgrade the running one, as it was. */
  readonly period: Period
  /** What is paid for `[start, end)` of that period, after promocodes, before tax: the base of the next rebate. */
  readonly charged: bigint
  /** More would be given back than charged: nothing is paid, and the new plan begins when the running period ends. No promocode is used. */
  readonly downgrade: boolean
}

/** The price of changing an item to another plan today, or of its first plan. DESIGN.md, Subscriptions. */
export const quoteItem = (input: QuoteInput): Quote => {
  const term = termOf(input)
  const charges = chargesOf(input, term)
  const { running } = input
  return running !== null && isDowngrade(term, charges) ? waiting(running, term, charges) : paid(input, term, charges)
}

/** A quote that names no subscription: the old plan as if it were paid at its list price for the calendar month or year. */
export const quoteList = ({ oldPlan, ...input }: ListQuoteInput): Quote =>
  quoteItem({
    ...input,
    running: oldPlan && {
      period: calendarPeriod(input.today, oldPlan.unit, input.zone),
      charged: oldPlan.price,
    },
  })

/** The price of the period after one that is over: a whole one. */
export const quoteRenewal = (input: RenewalQuoteInput): Quote => {
  const term = wholeTerm(periodAfter(input.ended, input.newPlan.unit))
  return paid(input, term, chargesOf(input, term))
}

/** What is paid for, and what is given back. */
interface Term extends Days {
  readonly period: Period
  readonly rebate: bigint
  readonly rebateDays: Days | null
}

const nothing = { rebate: 0n, rebateDays: null } as const

const wholeTerm = (period: Period): Term => {
  const days = daysBetween(period.start, period.end)
  return { period, remainingDays: days, totalDays: days, ...nothing }
}

const termOf = ({ today, running, pastDue, newPlan: { unit }, zone }: QuoteInput): Term => {
  if (pastDue !== undefined) {
    return wholeTerm(unit === pastDue.unit ? pastDue : firstPeriod(pastDue.start, unit, pastDue.zone))
  }
  if (running === null)
    return unit === 'year' ? wholeTerm(firstPeriod(today, unit, zone)) : rest(restOfMonth(today, zone))
  const { period, charged } = running
  // Its renewal is due, only nobody has come to it yet.
  if (today >= period.end) return wholeTerm(periodAfter(period, unit))
  // A zone that was changed may put today before the beginning: no more is given back than was paid.
  const start = latest(today, period.start)
  const rebateDays = {
    remainingDays: daysBetween(start, period.end),
    totalDays: daysBetween(period.start, period.end),
  }
  // Of a period without days: what was charged ahead of it is given back.
  const rebate = rebateDays.totalDays === 0 ? 0n : partOf(charged, rebateDays.remainingDays, rebateDays.totalDays)
  const term = unit === period.unit ? rest({ ...period, start }) : wholeTerm(firstPeriod(start, unit, period.zone))
  return { ...term, rebate, rebateDays }
}

const rest = (period: Period): Term => {
  const whole = wholePeriod(period)
  const remainingDays = daysBetween(period.start, period.end)
  return { period, remainingDays, totalDays: daysBetween(whole.start, whole.end), ...nothing }
}

/** What is charged for the plan, which is first, and for each add-on. */
type Charges = readonly { readonly addon?: string; readonly amount: bigint }[]

const chargesOf = ({ newPlan, addons }: Bought, { remainingDays, totalDays }: Term): Charges => {
  const part = (price: bigint): bigint => partOf(price, remainingDays, totalDays)
  return [{ amount: part(newPlan.price) }, ...addons.map(({ id, price }) => ({ addon: id, amount: part(price) }))]
}

const sumOf = (charges: Charges): bigint => charges.reduce((sum, { amount }) => sum + amount, 0n)

/** A minor unit for each charge: so much may rounding alone make of a change between equal prices, which is no downgrade. */
const isDowngrade = ({ rebate }: Term, charges: Charges): boolean => rebate > sumOf(charges) + BigInt(charges.length)

const waiting = (
  { period, charged }: NonNullable<QuoteInput['running']>,
  { rebate, rebateDays, remainingDays, totalDays }: Term,
  charges: Charges,
): Quote => ({
  prorate: sumOf(charges),
  rebate,
  promoDiscount: 0n,
  totalDiscount: rebate,
  tax: 0n,
  payable: 0n,
  remainingDays,
  totalDays,
  rebateDays,
  lines: [],
  period,
  charged,
  downgrade: true,
})

const paid = ({ promocode, tax: applied, currency }: Bought, term: Term, charges: Charges): Quote => {
  const { period, rebateDays, remainingDays, totalDays } = term
  const prorate = sumOf(charges)
  const rebate = least(term.rebate, prorate)
  const promoDiscount = discountOf(promocode, prorate - rebate)
  const totalDiscount = rebate + promoDiscount
  const net = prorate - totalDiscount
  const tax = taxOf(net, applied)
  const lines = [
    ...charges.map((charge) => ({ kind: 'charge' as const, ...charge })),
    { kind: 'rebate' as const, amount: rebate },
    { kind: 'discount' as const, amount: promoDiscount },
    { kind: 'tax' as const, amount: tax },
  ]
  return {
    prorate,
    rebate,
    promoDiscount,
    totalDiscount,
    tax,
    payable: net + tax,
    remainingDays,
    totalDays,
    rebateDays,
    lines: lines
      .filter(({ amount }) => amount !== 0n)
      .map((line) => ({ ...line, amount: amountText(line.amount, currency) })),
    period,
    charged: prorate - promoDiscount,
    downgrade: false,
  }
}

const discountOf = (promocode: QuotedPromocode | null, price: bigint): bigint => {
  if (promocode === null) return 0n
  const { type, value } = promocode
  return least(type === 'percent' ? percentOf(price, value) : fromEvent(value), price)
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
