import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { type CartItem, changeItem, newItem, wantedBy, withoutItems } from '../ledger/cart.js'
import type { JsonObject } from '../views/port.js'
import { integer, objects, text, textOrNull, texts } from './body.js'
import { rowless } from './rowless.js'

type Handled = EventOf<'CartItemAdded' | 'CartItemChanged' | 'CartItemRemoved' | 'Purchased' | 'CheckoutPaid'>

export interface ShownItem extends CartItem {
  /** That of the subscriptions API. */
  readonly subscriptionHex: string
  readonly modifiedAt: string
}

/** What an account means to buy, oldest first. */
export interface CartDocument {
  readonly items: readonly ShownItem[]
}

const evolve = (before: CartDocument | undefined, event: Handled, { leaf }: At): CartDocument => {
  const items = before?.items ?? []
  const modifiedAt = event.metadata.recordedAt
  switch (event.type) {
    case 'CartItemAdded': {
      const { subscriptionHex } = event.data
      return { items: [...items, { ...newItem(event, leaf), subscriptionHex, modifiedAt }] }
    }
    case 'CartItemChanged': {
      const changed = { ...wantedBy(event), subscriptionHex: event.data.subscriptionHex, modifiedAt }
      return { items: changeItem(items, event.data.item, (item) => ({ ...item, ...changed })) }
    }
    case 'CartItemRemoved':
      return { items: withoutItems(items, [event.data.item]) }
    case 'Purchased':
    case 'CheckoutPaid':
      return { items: withoutItems(items, event.data.cart ?? []) }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const encodeItem = (item: ShownItem): JsonObject => {
  // Named one by one: the bytes must not depend on how the document came about.
  const { id, hex, leaf, subscription, subscriptionHex, plan, addons, promocode, createdAt, modifiedAt } = item
  return {
    id,
    hex,
    leaf,
    subscription,
    subscriptionHex,
    plan,
    addons,
    ...(promocode !== null && { promocode }),
    createdAt,
    modifiedAt,
  }
}

const decodeItem = (body: JsonObject): ShownItem => ({
  id: text(body, 'id'),
  hex: text(body, 'hex'),
  leaf: integer(body, 'leaf'),
  subscription: text(body, 'subscription'),
  subscriptionHex: text(body, 'subscriptionHex'),
  plan: text(body, 'plan'),
  addons: texts(body, 'addons'),
  promocode: textOrNull(body, 'promocode'),
  createdAt: text(body, 'createdAt'),
  modifiedAt: text(body, 'modifiedAt'),
})

const document: Codec<CartDocument> = {
  encode: ({ items }) => ({ items: items.map(encodeItem) }),
  decode: (body) => ({ items: objects(body, 'items').map(decodeItem) }),
}

/** The view `carts`: what each account means to buy, under its name. */
export const carts: Projection<CartDocument, never, Handled> = {
  name: 'carts',
  version: 1,
  documents: 'carts',
  handles: ['CartItemAdded', 'CartItemChanged', 'CartItemRemoved', 'Purchased', 'CheckoutPaid'],
  // What was bought of no cart changes none.
  keys: ({ data }) => ('item' in data || data.cart !== undefined ? [data.account] : []),
  evolve,
  document,
  ...rowless,
}
