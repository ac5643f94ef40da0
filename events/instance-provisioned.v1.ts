import { defineEvent } from './define.js'
import { accountName, itemId, itemVersion, uuid } from './parts.js'

/** An instance of a service is there for its owner; in the stream `instance-<id>`. */
export const InstanceProvisioned = defineEvent({
  type: 'InstanceProvisioned',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['instance', 'service', 'serviceVersion', 'owner', 'credentials'],
    properties: {
      instance: itemId,
      service: itemId,
      serviceVersion: itemVersion,
      owner: accountName,
      /** Under this name its credentials lie in the store of secrets. */
      credentials: uuid,
    },
  },
})
