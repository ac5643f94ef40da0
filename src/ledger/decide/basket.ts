import type { DataOf } from '../../../events/catalogue.js'
import { IN_FLIGHT } from '../account.js'
import { type Decision, type Refused, refuse, refuseRequest, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText } from '../money.js'
import { type Change, type Sold, sell, type Terms, wholePrice } from '../sold-item.js'
import { type Account, type Deciding, MAX_CHANGES } from '../state.js'
import { subscriptionOf } from '../subscription.js'
import { accountNotFound, notYours } from './checks.js'
import { shelfOf } from './kept.js'
import { addonTwice, type Grants, onSale, promised, type Shelf, unchanged } from './on-sale.js'
import { locked } from './on-subscription.js'
import { beingGivenBack, type FindPurchase } from './over.js'

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
  /** At most 20. */
  readonly items: readonly BasketItem[]
  /** The items of the cart that these are. */
  readonly cart?: readonly string[]
}

export interface BasketState extends Omit<Terms, 'currency'>, Shelf, Grants {
  readonly account: Account | undefined
  readonly purchase: FindPurchase
}

/** What is bought, as events say it. */
export type Basket = Pick<DataOf<'Purchased'>, 'account' | 'amount' | 'currency' | 'items' | 'lines' | 'tax' | 'cart'>

/** A basket that may be bought. */
export interface Priced {
  readonly basket: Basket
  readonly account: Account
  /** Item by item. */
  readonly sold: readonly Sold[]
}

/** The price of all items together, or why they cannot be bought now. A quote is this; a checkout on the same day pays exactly this. */
export const priceBasket = (input: BasketInput, state: BasketState, now: string): Priced | Refused => {
  const refusal = wrongItems(input)
  if (refusal) return refusal
  const { account } = state
  if (!account) return accountNotFound(input.account)
  const { currency } = account.own
  const changes: Change[] = []
  for (const item of input.items) {
    const change = changeOf(item, changes, { state, account, now })
    if ('kind' in change) return about(item, input, change, account)
    changes.push(change)
  }
  if (changes.reduce((sum, change) => sum + wholePrice(change), 0n) >= MOST) {
    return refuse('invalid_amount', 'The items together cost more than an amount may be.')
  }
  const sold: Sold[] = []
  for (const change of changes) {
    const one = sell(change, { ...state, currency })
    if ('kind' in one) return one
    sold.push(one)
  }
  const amount = amountText(
    sold.reduce((sum, { quote }) => sum + quote.payable, 0n),
    currency,
  )
  const items = sold.map(({ item }) => item)
  const lines = sold.flatMap((one) => one.lines)
  const more = { ...(state.tax && { tax: state.tax }), ...(input.cart && { cart: [...input.cart] }) }
  return { basket: { account: account.own.name, amount, currency, items, lines, ...more }, account, sold }
}

/** Lets the decision on a basket go on. Events name the subscriptions' leaf numbers: one that is in flight is waited for. */
export const onBasket = (
  input: BasketInput,
  state: BasketState,
  { actor, now }: Pick<Deciding, 'actor' | 'now'>,
  go: (basket: Basket, account: Account) => Decision,
): Decision => {
  const refusal = notYours(actor, input.account)
  if (refusal) return refusal
  if (input.items.length === 0) return refuse('cart_empty', 'There is nothing to buy.')
  const priced = priceBasket(input, state, now)
  if ('kind' in priced) return priced
  const { basket, account } = priced
  return basket.items.some(({ subscriptionLeaf }) => subscriptionLeaf === IN_FLIGHT) ? wait : go(basket, account)
}

/** Of whole periods, in minor units: with as much tax again, and in a currency without decimals, it is an amount that events can hold. */
export const MOST = 10n ** 24n / 2n

const wrongItems = (input: BasketInput): Refused | undefined => {
  const { items } = input
  for (const [index, item] of items.entries()) {
    const { addons = [], promocode } = item
    const twice = addonTwice(addons)
    if (twice) return about(item, input, twice)
    if (promocode !== undefined && items.findIndex((other) => other.promocode === promocode) < index) {
      const refused = refuseRequest('cart_has_promocode', `Two items have the promocode ${promocode}; it is used once.`)
      return about(item, input, refused)
    }
  }
  return undefined
}

/** Of several items, and of a cart, the refused one is named: by both ids of its subscription, because whoever asks may know one of them only. */
const about = (item: BasketItem, { items, cart }: BasketInput, refused: Refused, account?: Account): Refused => {
  if (items.length === 1 && cart === undefined) return refused
  const found = account && subscriptionOf(account.own, item.subscription)
  const name = found ? `${found.hex} (${found.id})` : item.subscription
  const { refusal } = refused
  return { ...refused, refusal: { ...refusal, detail: `Subscription ${name}, plan ${item.plan}: ${refusal.detail}` } }
}

interface Around {
  readonly state: BasketState
  readonly account: Account
  readonly now: string
}

/** `before`: what the items before it change. */
const changeOf = (item: BasketItem, before: readonly Change[], { state, account, now }: Around): Change | Refused => {
  const { addons = [], promocode } = item
  const { currency, name } = account.own
  const subscription = subscriptionOf(account.own, item.subscription)
  if (!subscription || subscription.device === null) {
    return refuse('subscription_not_found', `The account ${name} has no device with such a subscription.`)
  }
  if (before.some((change) => change.subscription === subscription)) {
    return refuse('cart_has_subscription', `Two items are for the subscription ${item.subscription}.`)
  }
  if (subscription.locked !== null) return locked
  const refunding = beingGivenBack(account, subscription, state.purchase)
  if (refunding) return underRefund(item, refunding)
  if (subscription.paidBy.length >= MAX_CHANGES) {
    return refuse('too_many_changes', `The plan was changed ${MAX_CHANGES} times in the period that is paid.`)
  }
  const wanted = { plan: item.plan, addons }
  const sale = onSale(wanted, shelfOf(subscription, { ...wanted, promocode }, { ...state, currency }), currency)
  if ('kind' in sale) return sale
  const grant = promised(promocode, sale, { state, currency, now })
  if (grant?.kind === 'refused') return grant
  const same = grant === null ? unchanged(wanted, subscription, state.freePlan) : undefined
  return same ?? { index: before.length, subscription, ...sale, grant }
}

const underRefund = ({ subscription }: BasketItem, { id }: DocumentOf<'purchase'>): Refused =>
  refuse(
    'card_refund_under_way',
    `All that the order ${id} has paid for the subscription ${subscription} is being given back to its card: change the plan when that refund has ended.`,
  )
