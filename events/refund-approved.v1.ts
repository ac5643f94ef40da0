import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, uuid } from './parts.js'

/** The held money went back to the buyer; in the stream of the seller. */
export const RefundApproved = defineEvent({
  type: 'RefundApproved',
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
