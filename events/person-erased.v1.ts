import { defineEvent } from './define.js'
import { accountName, uuid } from './parts.js'

/** Nobody can read any more what is sealed under this key, wherever it stands; in the stream `customer-<account>`. */
export const PersonErased = defineEvent({
  type: 'PersonErased',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'personKey', 'erasure'],
    properties: {
      account: accountName,
      /** What was in use until now; it is destroyed. */
      personKey: uuid,
      /** How often the person was erased, this time included. */
      erasure: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    },
  },
})
