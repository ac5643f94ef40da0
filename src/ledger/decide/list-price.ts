import { unitOf } from '../calendar.js'
import { type Refused, refuse } from '../decision.js'
import { fromEvent } from '../money.js'
import { type Quote, type QuotedPlan, quoteList } from '../proration.js'
import { wholePrice } from '../sold-item.js'
import type { BasketState } from './basket.js'
import { addonTwice, onSale, otherCurrency, promised } from './on-sale.js'

/** A change of plan that names no subscription. */
export interface ListInput {
  /** Whose promocode and whose tax it is; it need not be opened. */
  readonly account: string
  readonly plan: string
  readonly oldPlan: string
  readonly addons?: readonly string[]
  readonly promocode?: string
}

export interface ListPrice {
  readonly quote: Quote
  /** Of plan and add-ons for a whole period, in minor units. */
  readonly price: bigint
  readonly currency: string
}

/** What the change costs today at list prices: as if the old plan were paid for the whole calendar month or year. */
export const priceList = (input: ListInput, state: BasketState, now: string): ListPrice | Refused => {
  const { addons = [] } = input
  const twice = addonTwice(addons)
  if (twice) return twice
  const currency = state.account?.own.currency ?? state.plan(input.plan)?.data.currency ?? ''
  const sale = onSale({ plan: input.plan, addons }, state, currency)
  if ('kind' in sale) return sale
  const oldPlan = input.oldPlan === state.freePlan ? null : runningPlan(input.oldPlan, state, currency)
  if (oldPlan !== null && 'kind' in oldPlan) return oldPlan
  const grant = promised(input.promocode, sale, { state, currency, now })
  if (grant?.kind === 'refused') return grant
  const { today, zone, tax } = state
  const quote = quoteList({
    ...{ today, zone, tax, currency, oldPlan },
    newPlan: { price: fromEvent(sale.plan.data.price), unit: sale.unit },
    addons: sale.addons.map(({ data: { addon, price } }) => ({ id: addon, price: fromEvent(price) })),
    promocode: grant && { type: grant.data.type, value: grant.data.value },
  })
  return { quote, price: wholePrice(sale), currency }
}

/** One that is not sold any more may run on. */
const runningPlan = (id: string, { plan }: BasketState, currency: string): QuotedPlan | Refused => {
  const data = plan(id)?.data
  if (data === undefined) return refuse('plan_not_found', `There is no plan ${id}.`)
  const unit = unitOf(data.billPeriod)
  if (unit === undefined) return refuse('plan_not_renewed', `No subscription runs on the plan ${id}.`)
  return data.currency === currency
    ? { price: fromEvent(data.price), unit }
    : otherCurrency(`plan ${id}`, data.currency, currency)
}
