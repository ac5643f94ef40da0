import { defineEvent } from './define.js'
import { accountName, amount, currency } from './parts.js'

/** An account begins: revision 0 of `account-<owner>`; settles its currency. */
export const AccountOpened = defineEvent({
  type: 'AccountOpened',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['owner', 'currency', 'creditLimit'],
    properties: {
      owner: accountName,
      currency,
      creditLimit: amount,
    },
  },
})
