import { defineEvent } from './define.js'
import { accountName, sealed } from './parts.js'

/** A person lives somewhere else, or says so for the first time; in the stream `customer-<account>`. */
export const CustomerChanged = defineEvent({
  type: 'CustomerChanged',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'address'],
    properties: {
      account: accountName,
      /** All of the billing address: a JSON object of its fields. */
      address: sealed,
      /** The code of the table of taxes for its country, ISO 3166-1 alpha-2; left out: no tax is due there. */
      taxCountry: { type: 'string', maxLength: 2, pattern: '^[A-Z]{2}$' },
    },
  },
})
