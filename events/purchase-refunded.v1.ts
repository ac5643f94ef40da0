import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, lines, text, uuid } from './parts.js'

/** What was paid for a purchase or a renewal was given back to the balance, all or a part; in the stream of the owner. */
export const PurchaseRefunded = defineEvent({
  type: 'PurchaseRefunded',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'order', 'orderLeaf', 'account', 'amount', 'currency', 'lines'],
    properties: {
      refund: uuid,
      order: uuid,
      orderLeaf: leaf,
      account: accountName,
      amount,
      currency,
      /** What each plan gives back, and the tax on it. */
      lines,
      reason: text,
    },
  },
})
