import { defineEvent } from './define.js'
import { accountName, amount, currency, text, uuid } from './parts.js'

/** A buyer paid a seller: one fact, in the stream of the buyer. */
export const Traded = defineEvent({
  type: 'Traded',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'buyer', 'seller', 'amount', 'currency'],
    properties: {
      order: uuid,
      buyer: accountName,
      seller: accountName,
      amount,
      currency,
      plan: text,
      reference: text,
    },
  },
})
