import { defineEvent } from './define.js'
import { accountName, itemId, text, uuid } from './parts.js'

/** An instance is gone, and its credentials with it; in the stream `instance-<id>`. */
export const InstanceDeprovisioned = defineEvent({
  type: 'InstanceDeprovisioned',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['instance', 'owner', 'credentials'],
    properties: {
      instance: itemId,
      owner: accountName,
      credentials: uuid,
      reason: text,
    },
  },
})
