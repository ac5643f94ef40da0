import { defineEvent } from './define.js'
import { accountName, amount, currency, method, text, uuid } from './parts.js'

/** Money came in from outside through a clearing method. */
export const Recharged = defineEvent({
  type: 'Recharged',
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
