import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, uuid } from './parts.js'

/** A hold became a payment; `released` is the part that went back to the buyer in the same fact. */
export const TradeCaptured = defineEvent({
  type: 'TradeCaptured',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'orderLeaf', 'buyer', 'seller', 'amount', 'currency', 'released'],
    properties: {
      order: uuid,
      orderLeaf: leaf,
      buyer: accountName,
      seller: accountName,
      amount,
      currency,
      released: amount,
    },
  },
})
