import { unitOf } from './calendar.js'
import { amountText, fromEvent } from './money.js'
import { type Quote, quoteRenewal } from './proration.js'
import type { BoughtPlan, Line, Subscription } from './state.js'
import type { AppliedTax } from './tax.js'

/** What the next period of a subscription costs, and what is bought with it, as events say it. */
export interface Bill {
  readonly amount: string
  readonly item: BoughtPlan
  readonly lines: Line[]
  readonly quote: Quote
}

/** With a period that is over. */
export type Running = Pick<Subscription, 'id' | 'leaf' | 'plan' | 'next'> & {
  readonly period: NonNullable<Subscription['period']>
}

/** A whole period of the plan that waits, or else of the running one, at the price and version that were bought. */
export const billOf = (
  { id, leaf, plan, next, period: ended }: Running,
  tax: AppliedTax | null,
  currency: string,
): Bill => {
  const { waits: _, proration: __, promocode, ...bought } = next ?? plan
  const lowered = promocode !== undefined && promocode.periodsLeft > 0 ? promocode : null
  const quote = quoteRenewal({
    newPlan: { price: fromEvent(bought.price), unit: unitOf(bought.billPeriod) ?? ended.unit },
    addons: (bought.addons ?? []).map(({ addon, price }) => ({ id: addon, price: fromEvent(price) })),
    promocode: lowered,
    tax,
    currency,
    ended,
  })
  const item = {
    ...bought,
    subscription: id,
    subscriptionLeaf: leaf,
    period: quote.period,
    charged: amountText(quote.charged, currency),
    ...(lowered && { promocode: { ...lowered, periodsLeft: lowered.periodsLeft - 1 } }),
  }
  const lines = quote.lines.map(({ kind, amount, addon }) => ({ item: 0, plan: addon ?? bought.plan, kind, amount }))
  return { amount: amountText(quote.payable, currency), item, lines, quote }
}
