import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, text, uuid } from './parts.js'

/** The refund ended; the held money is the seller's again. */
export const RefundRejected = defineEvent({
  type: 'RefundRejected',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'refundLeaf', 'order', 'orderLeaf', 'buyer', 'seller', 'amount', 'currency'],
    properties: {
      refund: uuid,
      refundLeaf: leaf,
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
