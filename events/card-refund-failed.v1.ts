import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, soldLines, text, uuid } from './parts.js'

/** The gateway has given nothing back, and will not. In the stream of the owner. */
export const CardRefundFailed = defineEvent({
  type: 'CardRefundFailed',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['refund', 'refundLeaf', 'order', 'orderLeaf', 'account', 'amount', 'currency', 'lines'],
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
      /** What was asked for. */
      lines: soldLines,
      /** What the gateway said. */
      detail: text,
    },
  },
})
