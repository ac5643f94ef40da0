import { IN_FLIGHT } from '../account.js'
import { type Cart, type CartItem, itemIn, MAX_CART_ITEMS } from '../cart.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import type { Account, Deciding } from '../state.js'
import { subscriptionOf } from '../subscription.js'
import { accountNotFound, notYours } from './checks.js'
import { addonTwice, type Grants, onSale, promised, type Shelf, unchanged } from './on-sale.js'
import { locked } from './on-subscription.js'

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

export interface CartState extends Shelf, Grants {
  readonly account: Account | undefined
  readonly cart: Cart | undefined
  readonly freePlan: string
}

/**
 * Nothing is charged yet: what is on sale, at what price, and whether it changes anything is asked again at the checkout. Asked here too, by the same
 * rules, it is told of the item while that is at hand.
 */
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

const badRequest = (input: CartItemInput, { actor }: Deciding): Decision | undefined =>
  notYours(actor, input.account) ?? addonTwice(input.addons)

/** Lets the decision on an item go on. One that is in flight is waited for: later events name its leaf number. */
const onItem = (
  input: CartItemName,
  { account, cart }: Pick<CartState, 'account' | 'cart'>,
  go: (item: CartItem) => Decision,
): Decision => {
  if (!account) return accountNotFound(input.account)
  const item = itemIn(cart, input.item)
  if (!item) return refuse('cart_item_not_found', 'There is no such item in the cart now.')
  if (item.leaf === IN_FLIGHT) return wait
  // The checkout may be paying for this very item.
  return subscriptionOf(account.own, item.subscription)?.locked ? locked : go(item)
}

const namesOf = ({ account }: CartItemName, { id, leaf }: CartItem) => ({ account, item: id, itemLeaf: leaf })

/** What the event says is wanted, or the refusal. `self`: the item that is changed. */
const wantedBy = (input: CartItemInput, state: CartState, now: string, self: string | null) => {
  const { account, cart } = state
  const { plan, addons, promocode } = input
  if (!account) return accountNotFound(input.account)
  const subscription = subscriptionOf(account.own, input.subscription)
  if (!subscription || subscription.device === null) {
    return refuse('subscription_not_found', 'The account has no device with such a subscription now.')
  }
  const { currency } = account.own
  const sale = onSale(input, state, currency)
  if ('kind' in sale) return sale
  const grant = promised(promocode, sale, { state, currency, now })
  if (grant?.kind === 'refused') return grant
  const same = grant === null ? unchanged(input, subscription, state.freePlan) : undefined
  if (same) return same
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
