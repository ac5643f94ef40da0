import { firstPeriod, unitOf } from '../calendar.js'
import { type Decision, refuse } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText, fromEvent } from '../money.js'
import { planItem } from '../plan-item.js'
import { type Account, type BoughtPlan, type Deciding, MAX_SUBSCRIPTIONS } from '../state.js'
import { type AppliedTax, taxOf } from '../tax.js'
import { MOST } from './basket.js'
import { accountNotFound, notYours } from './checks.js'
import { debit } from './funds.js'

export interface CheckoutInput {
  readonly account: string
  readonly plan: string
  /** Left out: where the plan alone is sold, if it is. */
  readonly region?: string
  /** The date in the zone, which is that of the configuration. */
  readonly today: string
  readonly zone: string
}

export interface CheckoutState {
  readonly account: Account | undefined
  readonly plan: DocumentOf<'plan'> | undefined
  region(id: string): DocumentOf<'region'> | undefined
  /** What is due today, where the customer lives. */
  readonly tax: AppliedTax | null
}

/** Buys a plan from the balance, at the price of its newest version and the tax of the day. One that is renewed opens a subscription, whose id is the order's. */
export const decideCheckout = (input: CheckoutInput, state: CheckoutState, deciding: Deciding): Decision => {
  const { account, plan } = state
  const refusal = notYours(deciding.actor, input.account)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  if (!plan || plan.retired) return refuse('plan_not_found', `No plan ${input.plan} is sold.`)
  const region = input.region ?? plan.data.region
  const wrong = wrongRegion(region, plan, state) ?? wrongCurrency(plan, account)
  if (wrong) return wrong
  const { price, currency } = plan.data
  const [net, tax] = [fromEvent(price), state.tax]
  if (tax !== null && net >= MOST) return refuse('invalid_amount', 'The plan costs more than is sold with a tax.')
  const item = itemOf(plan, region, input, deciding.id)
  if (item.subscription !== undefined && account.own.subscriptions.length >= MAX_SUBSCRIPTIONS) {
    return refuse('too_many_subscriptions', `The account has ${MAX_SUBSCRIPTIONS} subscriptions; that is the most.`)
  }
  const due = taxOf(net, tax)
  const line = { item: 0, plan: item.plan }
  const data = {
    ...{ order: deciding.id, account: account.own.name, amount: amountText(net + due, currency), currency },
    items: [item],
    lines: [
      { ...line, kind: 'charge' as const, amount: price },
      ...(due > 0n ? [{ ...line, kind: 'tax' as const, amount: amountText(due, currency) }] : []),
    ],
    ...(tax && { tax }),
  }
  return debit(account, { type: 'Purchased', data }, deciding.now)
}

const wrongRegion = (
  region: string | undefined,
  { data }: DocumentOf<'plan'>,
  state: CheckoutState,
): Decision | undefined => {
  if (region === undefined) return undefined
  const published = state.region(region)
  if (!published || published.retired) return refuse('region_not_found', `There is no region ${region}.`)
  return data.region === undefined || data.region === region
    ? undefined
    : refuse('plan_not_sold_there', `The plan ${data.plan} is sold in ${data.region}, not in ${region}.`)
}

const wrongCurrency = ({ data }: DocumentOf<'plan'>, { own }: Account): Decision | undefined =>
  data.currency === own.currency
    ? undefined
    : refuse('wrong_currency', `The plan ${data.plan} is sold in ${data.currency}; the account holds ${own.currency}.`)

const itemOf = (
  plan: DocumentOf<'plan'>,
  region: string | undefined,
  { today, zone }: CheckoutInput,
  subscription: string,
): BoughtPlan => {
  const item = planItem(plan)
  const unit = unitOf(item.billPeriod)
  return {
    ...item,
    ...(region !== undefined && { region }),
    ...(unit !== undefined && { subscription, period: firstPeriod(today, unit, zone) }),
  }
}
