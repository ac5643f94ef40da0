import type { Fact } from '../../events/catalogue.js'
import { hexId } from './hex-id.js'

/** What an account means to buy. Guarded by `cart-<account>`, except that a paid checkout, in the account's stream, takes items out. */
export interface Cart {
  readonly kind: 'cart'
  /** Oldest first: at most `MAX_CART_ITEMS`, each for another subscription. */
  readonly items: readonly CartItem[]
}

export interface CartItem {
  readonly id: string
  /** Its id in the subscriptions API. */
  readonly hex: string
  /** The leaf number of the event that opened it; -1 while it is in flight. */
  readonly leaf: number
  readonly createdAt: string
  readonly subscription: string
  readonly plan: string
  readonly addons: readonly string[]
  readonly promocode: string | null
}

export const MAX_CART_ITEMS = 20
/** Of one item. */
export const MAX_ADDONS = 20

type Wanting = Extract<Fact, { type: 'CartItemAdded' | 'CartItemChanged' }>

/** What an event says of an item. */
export const wantedBy = ({
  data: { subscription, plan, addons, promocode },
}: Wanting): Pick<CartItem, 'subscription' | 'plan' | 'addons' | 'promocode'> => ({
  subscription,
  plan,
  addons,
  promocode: promocode ?? null,
})

type Added = Extract<Fact, { type: 'CartItemAdded' }> & {
  readonly id: string
  readonly metadata: { readonly recordedAt: string }
}

export const newItem = (event: Added, leaf: number): CartItem => ({
  id: event.data.item,
  hex: hexId(event.id),
  leaf,
  createdAt: event.metadata.recordedAt,
  ...wantedBy(event),
})

/** A fold refuses nothing: of an item that is not there, because it was bought meanwhile, nothing changes. */
export const changeItem = <Item extends { readonly id: string }>(
  items: readonly Item[],
  id: string,
  to: (item: Item) => Item,
): readonly Item[] => items.map((item) => (item.id === id ? to(item) : item))

export const withoutItems = <Item extends { readonly id: string }>(
  items: readonly Item[],
  ids: readonly string[],
): readonly Item[] => items.filter(({ id }) => !ids.includes(id))

/** By our id, or by the one that the subscriptions API shows. */
export const itemIn = (cart: Cart | undefined, name: string): CartItem | undefined =>
  cart?.items.find(({ id, hex }) => id === name || hex === name)
