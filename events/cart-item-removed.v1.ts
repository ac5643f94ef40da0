import { defineEvent } from './define.js'
import { accountName, leaf, uuid } from './parts.js'

/** The owner does not want the item any more. In the stream `cart-<account>`. */
export const CartItemRemoved = defineEvent({
  type: 'CartItemRemoved',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'item', 'itemLeaf'],
    properties: { account: accountName, item: uuid, itemLeaf: leaf },
  },
})
