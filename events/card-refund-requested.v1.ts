import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, reference, soldLines, text, uuid } from './parts.js'

/** What was paid by card is about to be given back to it, all or a part, under the refund's id as order id. In the stream of the owner. */
export const CardRefundRequested = defineEvent({
  type: 'CardRefundRequested',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'order', 'orderLeaf', 'account', 'amount', 'currency', 'lines', 'transaction'],
    properties: {
      refund: uuid,
      order: uuid,
      /** Of the event that started its checkout. */
      orderLeaf: leaf,
      account: accountName,
      amount,
      currency,
      /** What each plan gives back, and the tax on it. */
      lines: soldLines,
      /** The charge. */
      transaction: reference,
      reason: text,
    },
  },
})
