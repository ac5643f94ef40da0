import type { DataOf, Fact } from '../../events/catalogue.js'
import { type Change, keyOf, type Placed } from './document.js'
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

type CartFact<Name extends string> = Extract<Fact, { type: `CartItem${Name}` }>

/** What an event says of an item. */
export const wantedBy = ({
  data: { subscription, plan, addons, promocode },
}: CartFact<'Added' | 'Changed'>): Pick<CartItem, 'subscription' | 'plan' | 'addons' | 'promocode'> => ({
  subscription,
  plan,
  addons,
  promocode: promocode ?? null,
})

export const newItem = (event: Placed<CartFact<'Added'>>, leaf: number): CartItem => ({
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

const change = (account: string, to: (items: readonly CartItem[]) => readonly CartItem[]): Change => ({
  key: keyOf('cart', account),
  opens: null,
  apply: (before) => ({ kind: 'cart', items: to(before?.kind === 'cart' ? before.items : []) }),
})

/** What an event of a cart's own stream does to it. `leaf` is its number in the log, or `IN_FLIGHT`. */
export const inCart = (event: Placed<CartFact<'Added' | 'Changed' | 'Removed'>>, leaf: number): Change => {
  const { account, item } = event.data
  switch (event.type) {
    case 'CartItemAdded':
      return change(account, (items) => [...items, newItem(event, leaf)])
    case 'CartItemChanged': {
      const wanted = wantedBy(event)
      return change(account, (items) => changeItem(items, item, (one) => ({ ...one, ...wanted })))
    }
    case 'CartItemRemoved':
      return takeFromCart(account, [item])
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** Items that were bought, or are not wanted any more, leave the cart of an account. Those that left before are no matter. */
const takeFromCart = (account: string, items: readonly string[]): Change =>
  change(account, (before) => withoutItems(before, items))

/** What a purchase does to the cart that it was made of. */
export const outOfCart = ({ account, cart }: Pick<DataOf<'Purchased'>, 'account' | 'cart'>): readonly Change[] =>
  cart === undefined ? [] : [takeFromCart(account, cart)]

/** By our id, or by the one that the subscriptions API shows. */
export const itemIn = (cart: Cart | undefined, name: string): CartItem | undefined =>
  cart?.items.find(({ id, hex }) => id === name || hex === name)
