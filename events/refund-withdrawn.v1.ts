import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, uuid } from './parts.js'

/** The buyer took the request back; the held money is the seller's again. */
export const RefundWithdrawn = defineEvent({
  type: 'RefundWithdrawn',
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
    },
  },
})
