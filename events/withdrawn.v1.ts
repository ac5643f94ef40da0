import { defineEvent } from './define.js'
import { accountName, amount, currency, method, text, uuid } from './parts.js'

/** Money was paid out through a clearing method: a voluntary debit. */
export const Withdrawn = defineEvent({
  type: 'Withdrawn',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['transfer', 'account', 'amount', 'currency', 'method'],
    properties: {
      transfer: uuid,
      account: accountName,
      amount,
      currency,
      method,
      reference: text,
    },
  },
})
