import type { DataOf } from '../../../events/catalogue.js'
import { IN_FLIGHT } from '../account.js'
import { type Decision, refuse, refuseRequest, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText } from '../money.js'
import { usable } from '../promocode.js'
import { type Change, type Sold, sell, type Terms } from '../sold-item.js'
import type { Account, Deciding, Subscription } from '../state.js'
import { subscriptionOf } from '../subscription.js'
import { accountNotFound, notYours } from './checks.js'
import { addonTwice, notOnSale } from './on-sale.js'
import { locked } from './on-subscription.js'

export interface BasketItem {
  /** Our id, or the one that the subscriptions API shows. */
  readonly subscription: string
  readonly plan: string
  /** All that it has from now on. */
  readonly addons?: readonly string[]
  readonly promocode?: string
}

export interface BasketInput {
  readonly account: string
  /** From 1 to 20. */
  readonly items: readonly BasketItem[]
  /** The items of the cart that these are. */
  readonly cart?: readonly string[]
}

export interface BasketState extends Omit<Terms, 'currency'> {
  readonly account: Account | undefined
  plan(id: string): DocumentOf<'plan'> | undefined
  addon(id: string): DocumentOf<'addon'> | undefined
  grant(promocode: string): DocumentOf<'grant'> | undefined
}

/** What is bought, as events say it. */
export type Basket = Pick<DataOf<'Purchased'>, 'account' | 'amount' | 'currency' | 'items' | 'lines' | 'tax' | 'cart'>

/** The price of all items together, for whoever may pay it; or why they cannot be bought now. Nothing of it has happened. */
export const onBasket = (
  input: BasketInput,
  state: BasketState,
  { actor, now }: Pick<Deciding, 'actor' | 'now'>,
  go: (basket: Basket, account: Account, sold: readonly Sold[]) => Decision,
): Decision => {
  const refusal = notYours(actor, input.account) ?? wrongItems(input.items)
  if (refusal) return refusal
  const { account } = state
  if (!account) return accountNotFound(input.account)
  const { currency } = account.own
  const changes: Change[] = []
  for (const [index, item] of input.items.entries()) {
    const change = changeOf(item, index, { state, account, now })
    if ('kind' in change) return change
    changes.push(change)
  }
  const sold = changes.map((change) => sell(change, { ...state, currency }))
  const amount = amountText(
    sold.reduce((sum, { payable }) => sum + payable, 0n),
    currency,
  )
  if (amount.length > MOST_TEXT) return refuse('invalid_amount', 'The items together cost more than an amount may be.')
  const items = sold.map(({ item }) => item)
  const lines = sold.flatMap((one) => one.lines)
  const more = { ...(state.tax && { tax: state.tax }), ...(input.cart && { cart: [...input.cart] }) }
  return go({ account: account.own.name, amount, currency, items, lines, ...more }, account, sold)
}

/** 24 digits, a point and the fewest decimals that a currency may have after it. */
const MOST_TEXT = 25

const wrongItems = (items: readonly BasketItem[]): Decision | undefined => {
  if (items.length === 0) return refuse('cart_empty', 'There is nothing to buy.')
  for (const [index, { addons = [], promocode }] of items.entries()) {
    const twice = addonTwice(addons)
    if (twice) return twice
    if (promocode !== undefined && items.findIndex((item) => item.promocode === promocode) < index) {
      return refuseRequest('cart_has_promocode', `Two items have the promocode ${promocode}; it is used once.`)
    }
  }
  return undefined
}

interface Around {
  readonly state: BasketState
  readonly account: Account
  readonly now: string
}

const changeOf = (item: BasketItem, index: number, { state, account, now }: Around): Change | Decision => {
  const { addons = [], promocode } = item
  const { currency } = account.own
  const subscription = subscriptionOf(account.own, item.subscription)
  if (!subscription || subscription.device === null) {
    return refuse('subscription_not_found', `The account ${account.own.name} has no device with such a subscription.`)
  }
  if (subscription.locked !== null) return locked
  if (subscription.leaf === IN_FLIGHT) return wait
  const plan = state.plan(item.plan)
  const unsold = notOnSale({ plan: item.plan, addons }, { plan, addon: state.addon }, currency)
  if (unsold || !plan) return unsold ?? refuse('plan_not_found', `No plan ${item.plan} is sold.`)
  const grant = promocode === undefined ? null : usable(state.grant(promocode), { plan: item.plan, currency, now })
  if (grant?.kind === 'refused') return grant
  if (grant?.leaf === IN_FLIGHT) return wait
  if (grant === null && isSame(item, subscription, state.freePlan)) {
    return refuse('subscription_unchanged', `The subscription has the plan ${item.plan} and these add-ons already.`)
  }
  const named = addons.flatMap((id) => state.addon(id) ?? [])
  return { index, subscription, plan, addons: named, grant }
}

/** The plan and add-ons that run on, and will. */
const isSame = ({ plan, addons = [] }: BasketItem, subscription: Subscription, freePlan: string): boolean => {
  const { plan: running, state, next, period } = subscription
  if (running.plan !== plan || next !== null || (state !== 'active' && plan !== freePlan)) return false
  if (period === null && plan !== freePlan) return false
  const before = (running.addons ?? []).map(({ addon }) => addon)
  return before.length === addons.length && before.every((addon) => addons.includes(addon))
}
