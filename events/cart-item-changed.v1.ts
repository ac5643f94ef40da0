import { defineEvent } from './define.js'
import { accountName, cartItem, instant, leaf, uuid } from './parts.js'

/** What an item of a cart buys, as it is from now on. In the stream `cart-<account>`. */
export const CartItemChanged = defineEvent({
  type: 'CartItemChanged',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'item', 'itemLeaf', 'createdAt', 'subscription', 'subscriptionHex', 'plan', 'addons'],
    properties: { account: accountName, item: uuid, itemLeaf: leaf, createdAt: instant, ...cartItem },
  },
})
