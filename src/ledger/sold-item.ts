import { nextPeriod, unitOf } from './calendar.js'
import type { DocumentOf } from './document.js'
import { amountText, fromEvent } from './money.js'
import { planItem } from './plan-item.js'
import { type Quote, type QuoteInput, quoteItem } from './proration.js'
import type { BoughtPlan, Line, Subscription } from './state.js'
import type { AppliedTax } from './tax.js'

/** A change of one subscription, which may be made. */
export interface Change {
  /** Its place in the checkout. */
  readonly index: number
  readonly subscription: Subscription
  readonly plan: DocumentOf<'plan'>
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
  /** The id of the plan that costs nothing and has no periods. */
  readonly freePlan: string
}

/** What an event says of the change, and what it costs now, in minor units. */
export interface Sold {
  readonly item: BoughtPlan
  readonly lines: readonly Line[]
  readonly payable: bigint
  readonly quote: Quote
}

export const sell = (change: Change, terms: Terms): Sold => {
  const { index, subscription, plan, addons, grant } = change
  const quote = quoteItem(quoted(change, terms))
  const waits = subscription.period !== null && (quote.downgrade || plan.data.plan === terms.freePlan)
  const item: BoughtPlan = {
    ...planItem(plan),
    subscription: subscription.id,
    subscriptionLeaf: subscription.leaf,
    ...(addons.length > 0 && { addons: addons.map(ofAddon) }),
    ...(grant && { promocode: lowering(grant, waits) }),
    ...(waits ? { waits } : running(quote, subscription, terms)),
  }
  if (waits) return { item, lines: [], payable: 0n, quote }
  const lines = quote.lines.map(({ kind, amount, addon }): Line => {
    const of = kind === 'rebate' ? subscription.plan.plan : (addon ?? plan.data.plan)
    return { item: index, plan: of, kind, amount }
  })
  return { item, lines, payable: quote.payable, quote }
}

const quoted = ({ subscription, plan, addons, grant }: Change, terms: Terms): QuoteInput => {
  const { today, zone, currency, tax } = terms
  const { data } = plan
  return {
    today,
    zone,
    currency,
    tax,
    newPlan: { price: fromEvent(data.price), unit: unitOf(data.billPeriod) ?? 'month' },
    addons: addons.map((addon) => ({ id: addon.data.addon, price: fromEvent(addon.data.price) })),
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
  if (state !== 'past_due') return { running: { period, charged: fromEvent(charged) } }
  return { running: null, pastDue: nextPeriod(period) }
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
  const rebate = rebateDays && { plan: plan.plan, charged, ...rebateDays }
  return {
    period,
    charged: amountText(quote.charged, currency),
    ...(!whole && { proration: { on: today, remainingDays, totalDays, ...(rebate && { rebate }) } }),
  }
}
