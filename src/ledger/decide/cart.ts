import { IN_FLIGHT } from '../account.js'
import { unitOf } from '../calendar.js'
import { type Cart, type CartItem, itemIn, MAX_CART_ITEMS } from '../cart.js'
import { type Decision, facts, refuse, refuseRequest, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { usable } from '../promocode.js'
import type { Account, Deciding } from '../state.js'
import { subscriptionOf } from '../subscription.js'
import { accountNotFound, notYours } from './checks.js'

/** An item as it is wanted, whole. */
export interface CartItemInput {
  readonly account: string
  /** Our id, or the one that the subscriptions API shows. */
  readonly subscription: string
  readonly plan: string
  /** At most `MAX_ADDONS`. */
  readonly addons: readonly string[]
  readonly promocode?: string
}

/** An item, by our id or by the one that the subscriptions API shows. */
export interface CartItemName {
  readonly account: string
  readonly item: string
}

export interface CartState {
  readonly account: Account | undefined
  readonly cart: Cart | undefined
  readonly plan: DocumentOf<'plan'> | undefined
  addon(id: string): DocumentOf<'addon'> | undefined
  /** Of the promocode that is wanted, to the account. */
  readonly grant: DocumentOf<'grant'> | undefined
}

/** Nothing is charged yet: what is on sale, and at what price, is asked again at the checkout. */
export const decideAddCartItem = (input: CartItemInput, state: CartState, deciding: Deciding): Decision => {
  const refusal = badRequest(input, deciding)
  if (refusal) return refusal
  const wanted = wantedBy(input, state, deciding.now, null)
  if ('kind' in wanted) return wanted
  if ((state.cart?.items.length ?? 0) >= MAX_CART_ITEMS) {
    return refuse('cart_full', `The cart holds ${MAX_CART_ITEMS} items; that is the most.`)
  }
  const { account } = input
  return facts({ type: 'CartItemAdded', data: { account, item: deciding.id, ...wanted } })
}

export const decideChangeCartItem = (
  input: CartItemInput & CartItemName,
  state: CartState,
  deciding: Deciding,
): Decision => {
  const refusal = badRequest(input, deciding)
  if (refusal) return refusal
  return onItem(input, state, (item) => {
    const wanted = wantedBy(input, state, deciding.now, item.id)
    if ('kind' in wanted) return wanted
    const { createdAt } = item
    return facts({ type: 'CartItemChanged', data: { ...namesOf(input, item), createdAt, ...wanted } })
  })
}

export const decideRemoveCartItem = (
  input: CartItemName,
  state: Pick<CartState, 'account' | 'cart'>,
  { actor }: Deciding,
): Decision =>
  notYours(actor, input.account) ??
  onItem(input, state, (item) => facts({ type: 'CartItemRemoved', data: namesOf(input, item) }))

const badRequest = ({ account, addons }: CartItemInput, { actor }: Deciding): Decision | undefined => {
  const refusal = notYours(actor, account)
  if (refusal) return refusal
  const twice = addons.find((addon, index) => addons.indexOf(addon) < index)
  return twice === undefined ? undefined : refuseRequest('cart_addon_twice', `The add-on ${twice} is named twice.`)
}

/** Lets the decision on an item go on. One that is in flight is waited for: later events name its leaf number. */
const onItem = (
  input: CartItemName,
  { account, cart }: Pick<CartState, 'account' | 'cart'>,
  go: (item: CartItem) => Decision,
): Decision => {
  if (!account) return accountNotFound(input.account)
  const item = itemIn(cart, input.item)
  if (!item) return refuse('cart_item_not_found', 'There is no such item in the cart now.')
  return item.leaf === IN_FLIGHT ? wait : go(item)
}

const namesOf = ({ account }: CartItemName, { id, leaf }: CartItem) => ({ account, item: id, itemLeaf: leaf })

/** What the event says is wanted, or the refusal. `self`: the item that is changed. */
const wantedBy = (input: CartItemInput, state: CartState, now: string, self: string | null) => {
  const { account, cart } = state
  const { plan, addons, promocode } = input
  if (!account) return accountNotFound(input.account)
  const subscription = subscriptionOf(account.own, input.subscription)
  if (!subscription) return refuse('subscription_not_found', 'The account has no such subscription now.')
  const refusal = notOnSale(input, state, account) ?? notUsable(input, state, account, now)
  if (refusal) return refusal
  const others = cart?.items.filter(({ id }) => id !== self) ?? []
  if (others.some((item) => item.subscription === subscription.id)) {
    return refuse('cart_has_subscription', 'The cart holds an item for this subscription already.')
  }
  if (promocode !== undefined && others.some((item) => item.promocode === promocode)) {
    return refuse('cart_has_promocode', `Another item of the cart has the promocode ${promocode}.`)
  }
  return {
    subscription: subscription.id,
    subscriptionHex: subscription.hex,
    plan,
    addons: [...addons],
    ...(promocode !== undefined && { promocode }),
  }
}

const notOnSale = ({ plan, addons }: CartItemInput, state: CartState, { own }: Account): Decision | undefined => {
  const sold = state.plan
  if (!sold || sold.retired) return refuse('plan_not_found', `No plan ${plan} is sold.`)
  if (unitOf(sold.data.billPeriod) === undefined) {
    return refuse('plan_not_renewed', `The plan ${plan} is sold once; no subscription runs on it.`)
  }
  for (const id of addons) {
    const addon = state.addon(id)
    if (!addon || addon.retired) return refuse('item_not_found', `No add-on ${id} is sold.`)
    if (addon.data.currency !== own.currency) return otherCurrency(`add-on ${id}`, addon.data.currency, own.currency)
  }
  return sold.data.currency === own.currency
    ? undefined
    : otherCurrency(`plan ${plan}`, sold.data.currency, own.currency)
}

/** What is granted may be used by others or expire yet: the checkout asks again. */
const notUsable = (
  { plan, promocode }: CartItemInput,
  { grant }: CartState,
  { own: { currency } }: Account,
  now: string,
): Decision | undefined => {
  if (promocode === undefined) return undefined
  const found = usable(grant, { plan, currency, now })
  return found.kind === 'refused' ? found : undefined
}

const otherCurrency = (what: string, currency: string, own: string): Decision =>
  refuse('wrong_currency', `The ${what} is sold in ${currency}; the account holds ${own}.`)
