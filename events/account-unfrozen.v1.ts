import { defineEvent } from './define.js'
import { accountName, text } from './parts.js'

/** Voluntary debits are allowed again. */
export const AccountUnfrozen = defineEvent({
  type: 'AccountUnfrozen',
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
