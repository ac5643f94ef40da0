import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, text, uuid } from './parts.js'

/** The seller's money is held while a refund is under review; in the stream of the seller. */
export const RefundRequested = defineEvent({
  type: 'RefundRequested',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'order', 'orderLeaf', 'buyer', 'seller', 'amount', 'currency'],
    properties: {
      refund: uuid,
      order: uuid,
      orderLeaf: leaf,
      buyer: accountName,
      seller: accountName,
      amount,
      currency,
      reason: text,
    },
  },
})
