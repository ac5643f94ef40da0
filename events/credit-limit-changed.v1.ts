import { defineEvent } from './define.js'
import { accountName, amount, currency } from './parts.js'

/** How far below zero an account may go. */
export const CreditLimitChanged = defineEvent({
  type: 'CreditLimitChanged',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'currency', 'creditLimit'],
    properties: {
      account: accountName,
      currency,
      creditLimit: amount,
    },
  },
})
