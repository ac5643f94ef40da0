import { defineEvent } from './define.js'
import { accountName, itemId } from './parts.js'

/** The actor was shown the credentials of an instance; in the stream `instance-<id>`. */
export const InstanceCredentialsFetched = defineEvent({
  type: 'InstanceCredentialsFetched',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['instance', 'owner'],
    properties: {
      instance: itemId,
      owner: accountName,
    },
  },
})
