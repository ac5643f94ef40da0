import { defineEvent } from './define.js'
import { accountName, date, leaf, quotas, text, uuid } from './parts.js'

/** A device has used so much more of what its plan allows; in the stream of the owner. */
export const UsageReported = defineEvent({
  type: 'UsageReported',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'subscription', 'subscriptionLeaf', 'on', 'used'],
    properties: {
      account: accountName,
      subscription: uuid,
      subscriptionLeaf: leaf,
      /** The day on which it was reported, in the configured zone. */
      on: date,
      /** Since the last report. */
      used: quotas,
      reference: text,
    },
  },
})
