import { defineEvent } from './define.js'
import { accountName, amount, currency, instant, text, uuid } from './parts.js'

/** The buyer's money is held for a seller until it is captured, voided or expired; in the stream of the buyer. */
export const TradeAuthorized = defineEvent({
  type: 'TradeAuthorized',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'buyer', 'seller', 'amount', 'currency', 'expiresAt'],
    properties: {
      order: uuid,
      buyer: accountName,
      seller: accountName,
      amount,
      currency,
      expiresAt: instant,
      plan: text,
      reference: text,
    },
  },
})
