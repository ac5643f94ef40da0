import { defineEvent } from './define.js'
import { accountName, amount, currency, text, uuid } from './parts.js'

/** The books were corrected by hand; `approver` answers for it. */
export const Adjusted = defineEvent({
  type: 'Adjusted',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['transfer', 'account', 'direction', 'amount', 'currency', 'reason', 'approver'],
    properties: {
      transfer: uuid,
      account: accountName,
      direction: { enum: ['up', 'down'] },
      amount,
      currency,
      reason: text,
      approver: text,
    },
  },
})
