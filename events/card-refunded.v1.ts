import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, reference, soldLines, uuid } from './parts.js'

/** The gateway has given back to the card what was asked. In the stream of the owner. */
export const CardRefunded = defineEvent({
  type: 'CardRefunded',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'refundLeaf', 'order', 'orderLeaf', 'account', 'amount', 'currency', 'lines', 'transaction'],
    properties: {
      refund: uuid,
      /** Of the event that asked for it. */
      refundLeaf: leaf,
      order: uuid,
      /** Of the event that started its checkout. */
      orderLeaf: leaf,
      account: accountName,
      amount,
      currency,
      lines: soldLines,
      /** Of the refund; the charge itself where that was voided. */
      transaction: reference,
    },
  },
})
