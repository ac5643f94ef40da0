import { defineEvent } from './define.js'
import { accountName, cartItem, uuid } from './parts.js'

/** A plan for a subscription lies in the cart of its owner; in the stream `cart-<account>`. A paid checkout that names the item takes it out. */
export const CartItemAdded = defineEvent({
  type: 'CartItemAdded',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'item', 'subscription', 'subscriptionHex', 'plan', 'addons'],
    properties: { account: accountName, item: uuid, ...cartItem },
  },
})
