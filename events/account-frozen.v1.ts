import { defineEvent } from './define.js'
import { accountName, text } from './parts.js'

/** No new voluntary debits from now on. */
export const AccountFrozen = defineEvent({
  type: 'AccountFrozen',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'reason'],
    properties: {
      account: accountName,
      reason: text,
    },
  },
})
