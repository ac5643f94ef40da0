import { billOf, type Running } from './bill.js'
import { nextPeriod } from './calendar.js'
import { type Refused, refuse } from './decision.js'
import type { DocumentOf } from './document.js'
import { amountText, fromEvent } from './money.js'
import { planItem } from './plan-item.js'
import { type Quote, type QuoteInput, quoteItem } from './proration.js'
import type { BoughtPlan, Line, Period, Subscription } from './state.js'
import type { AppliedTax } from './tax.js'

/** A change of one subscription, which may be made. */
export interface Change {
  /** Its place in the checkout. */
  readonly index: number
  readonly subscription: Subscription
  readonly plan: DocumentOf<'plan'>
  /** Of its bill period. */
  readonly unit: Period['unit']
  readonly addons: readonly DocumentOf<'addon'>[]
  readonly grant: DocumentOf<'grant'> | null
}

/** What is the same for all items of a checkout. */
export interface Terms {
  /** The date in the configured zone. */
  readonly today: string
  readonly zone: string
  readonly currency: string
  readonly tax: AppliedTax | null
  /** The id of the plan that costs nothing and, without add-ons, has no periods. */
  readonly freePlan: string
}

/** What an event says of the change, and what it costs now. */
export interface Sold {
  readonly item: BoughtPlan
  readonly lines: readonly Line[]
  readonly quote: Quote
  /** Of plan and add-ons for a whole period, in minor units. */
  readonly price: bigint
}

/**
 * A change that gives back more than it costs, and one to the free plan, waits until the paid period ends. So does the plan that runs in it: it is
 * paid already, whatever it was paid with, and only what comes after may be new (its version, a promocode, that it is cancelled no more). Where a
 * period to come was charged ahead, nothing else can be had before it begins.
 */
export const sell = (change: Change, terms: Terms): Sold | Refused => {
  const { subscription, grant } = change
  const running = unpaid(subscription, { ...idsOf(change), promocode: grant?.data.promocode }, terms.freePlan)
  return running === null ? sellNow(change, terms) : sellUnpaid(change.index, running, terms)
}

const sellNow = (change: Change, terms: Terms): Sold | Refused => {
  const { index, subscription, plan, addons, grant } = change
  const stays = staysOn(subscription, idsOf(change), terms.today)
  const asked = quoteItem(quoted(change, terms))
  const quote = stays ? paidBefore(asked) : asked
  const ends = subscription.period !== null && plan.data.plan === terms.freePlan && addons.length === 0
  const waits = stays || quote.downgrade || ends
  if (!waits && quote.period.start > terms.today) return paidAhead(subscription, quote.period)
  const promocode = grant ? lowering(grant, waits) : stays && subscription.plan.promocode
  const item: BoughtPlan = {
    ...planItem(plan),
    subscription: subscription.id,
    subscriptionLeaf: subscription.leaf,
    ...(addons.length > 0 && { addons: addons.map(ofAddon) }),
    ...(promocode && { promocode }),
    ...(waits ? { waits } : running(quote, subscription, terms)),
  }
  const lines = quote.lines.map(({ kind, amount, addon }): Line => {
    const of = kind === 'rebate' ? subscription.plan.plan : (addon ?? plan.data.plan)
    return { item: index, plan: of, kind, amount }
  })
  return { item, lines, quote, price: wholePrice(change) }
}

/** The days before it are paid with the plan that runs, and how much was is not known any more. */
const paidAhead = ({ hex }: Subscription, { start }: Period): Refused => {
  const what = `The next period of the subscription ${hex} was charged, or found unpaid, ahead of its day: it begins on ${start}`
  return refuse('paid_ahead', `${what}, and the plan can be changed from that day on.`)
}

/** Ids of what is asked for. */
export interface Asked extends Ids {
  /** The one that is named; `undefined`: none is. */
  readonly promocode: string | undefined
}

/** A period that is past due, where what runs in it, or what waits (`next` is either), is asked for as it was bought. `null`: it is another change. */
export const unpaid = (
  subscription: Subscription,
  asked: Asked,
  freePlan: string,
): (Running & { readonly next: BoughtPlan }) | null => {
  const { state, period, plan: before, next } = subscription
  const ends = asked.plan === freePlan && asked.addons.length === 0
  if (state !== 'past_due' || period === null || asked.promocode !== undefined || ends) return null
  const same = [next, before].find((one) => one !== null && isSame(one, asked)) ?? null
  return same && { ...subscription, period, next: same }
}

/** As its renewal does: at the price and version that were bought, with the promocode that it has. */
const sellUnpaid = (index: number, running: Running, { tax, currency }: Terms): Sold => {
  const { item, lines, quote } = billOf(running, tax, currency)
  const price = (item.addons ?? []).reduce((sum, addon) => sum + fromEvent(addon.price), fromEvent(item.price))
  return { item, lines: lines.map((line) => ({ ...line, item: index })), quote, price }
}

/** Ids of a plan and of all its add-ons. */
interface Ids {
  readonly plan: string
  readonly addons: readonly string[]
}

const idsOf = ({ plan, addons }: Change): Ids => ({
  plan: plan.data.plan,
  addons: addons.map(({ data }) => data.addon),
})

/** The plan and the add-ons, at whatever version. */
const isSame = (one: BoughtPlan, { plan, addons }: Ids): boolean => one.plan === plan && sameAddons(one, addons)

/** Of plan and add-ons for a whole period, in minor units. */
export const wholePrice = ({ plan, addons }: Pick<Change, 'plan' | 'addons'>): bigint =>
  addons.reduce((sum, { data }) => sum + fromEvent(data.price), fromEvent(plan.data.price))

/** Whether these add-ons are all that a plan has. */
export const sameAddons = ({ addons = [] }: Pick<BoughtPlan, 'addons'>, ids: readonly string[]): boolean =>
  addons.length === ids.length && addons.every(({ addon }) => ids.includes(addon))

/** The plan and the add-ons are those that are paid for today. */
export const staysOn = ({ state, period, plan }: Subscription, wanted: Ids, today: string): boolean => {
  const paid = period !== null && state !== 'past_due' && today < period.end
  return paid && isSame(plan, wanted)
}

/** Nothing is paid for what is paid: all of it is given back. */
const paidBefore = (quote: Quote): Quote => {
  const { prorate } = quote
  return { ...quote, rebate: prorate, promoDiscount: 0n, totalDiscount: prorate, tax: 0n, payable: 0n, lines: [] }
}

const quoted = ({ subscription, plan, unit, addons, grant }: Change, terms: Terms): QuoteInput => {
  const { today, zone, currency, tax } = terms
  return {
    today,
    zone,
    currency,
    tax,
    newPlan: { price: fromEvent(plan.data.price), unit },
    addons: addons.map(({ data: { addon, price } }) => ({ id: addon, price: fromEvent(price) })),
    promocode: grant && { type: grant.data.type, value: grant.data.value },
    ...runningOf(subscription, today),
  }
}

/** What is paid of the subscription yet. One that was cancelled is over with its period, also where nobody has said so yet. */
const runningOf = (
  { state, period, charged }: Subscription,
  today: string,
): Pick<QuoteInput, 'running' | 'pastDue'> => {
  if (period === null || (state === 'cancelled' && period.end <= today)) return { running: null }
  if (state !== 'past_due') return { running: { period, charged: leftOf(charged) } }
  return { running: null, pastDue: nextPeriod(period) }
}

/** Of several orders more may be given back than the last one has charged. */
const leftOf = (charged: string): bigint => {
  const minor = fromEvent(charged)
  return minor > 0n ? minor : 0n
}

const ofAddon = ({ data: { addon, itemVersion, name, price, quotas } }: DocumentOf<'addon'>) => ({
  addon,
  addonVersion: itemVersion,
  name,
  price,
  quotas,
})

/** The period that is paid now is the first of those that it is for; a plan that waits has its first one yet to come. */
const lowering = ({ leaf, data }: DocumentOf<'grant'>, waits: boolean) => ({
  code: data.promocode,
  grantLeaf: leaf,
  type: data.type,
  value: data.value,
  periodsLeft: waits ? data.periods : data.periods - 1,
})

const running = (quote: Quote, { plan, charged }: Subscription, { today, currency }: Terms) => {
  const { period, remainingDays, totalDays, rebateDays } = quote
  const whole = remainingDays === totalDays && rebateDays === null
  const left = amountText(leftOf(charged), currency)
  const rebate = rebateDays && { plan: plan.plan, charged: left, ...rebateDays }
  return {
    period,
    charged: amountText(quote.charged, currency),
    ...(!whole && { proration: { on: today, remainingDays, totalDays, ...(rebate && { rebate }) } }),
  }
}
