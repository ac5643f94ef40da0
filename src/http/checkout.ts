import type { PaysWith } from '../commands/charging.js'
import { MAX_CART_ITEMS } from '../ledger/cart.js'
import type { BasketInput } from '../ledger/decide/basket.js'
import { payByCard } from './card.js'
import { Fields } from './fields.js'
import { type Ask, type Call, intent, type Settled } from './route.js'
import type { Schema } from './schema.js'

/** Of a checkout. */
export const itemsOf = (item: Schema) =>
  ({ type: 'array', minItems: 1, maxItems: MAX_CART_ITEMS, items: item }) as const

/** The items that a body names. */
export const inBody = (
  account: string,
  body: Fields,
  itemIn: (item: Fields) => BasketInput['items'][number],
): BasketInput => ({ account, items: body.list('items').map((item) => itemIn(new Fields(item))) })

/** All that lies in the cart now, whichever process put it there or took it out. Rejects with `Unavailable`. */
export const inCart = async ({ parts }: Call, account: string): Promise<BasketInput> => {
  const items = (await parts.commands.locateCart(account))?.items ?? []
  return {
    account,
    items: items.map(({ subscription, plan, addons, promocode }) => ({
      subscription,
      plan,
      addons,
      ...(promocode !== null && { promocode }),
    })),
    cart: items.map(({ id }) => id),
  }
}

/**
 * Buys all of it by one charge, or none. Where nothing is to be paid no card is charged. A repeated request under its key gets how the first one ended, also when the
 * cart is empty by then. Rejects as `payByCard` does.
 */
export const checkOut = async (call: Call, basket: BasketInput, by: PaysWith, ask: Ask): Promise<Settled> => {
  const settled = await payByCard(call, intent('start-checkout', { ...basket, means: by.kind }), by, ask)
  if (settled.kind === 'done' || settled.refused.code !== 'nothing_to_charge') return settled
  return ask(intent('buy', { ...basket, free: true }))
}
