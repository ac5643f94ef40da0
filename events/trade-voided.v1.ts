import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, uuid } from './parts.js'

/** A hold was given up; `amount` went back to the buyer. */
export const TradeVoided = defineEvent({
  type: 'TradeVoided',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'orderLeaf', 'buyer', 'seller', 'amount', 'currency'],
    properties: {
      order: uuid,
      orderLeaf: leaf,
      buyer: accountName,
      seller: accountName,
      amount,
      currency,
    },
  },
})
