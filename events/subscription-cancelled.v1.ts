import { defineEvent } from './define.js'
import { accountName, date, leaf, uuid } from './parts.js'

/** The owner wants no further period: the subscription ends with the one that is paid. In the stream of the owner. */
export const SubscriptionCancelled = defineEvent({
  type: 'SubscriptionCancelled',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'subscription', 'subscriptionLeaf', 'endsOn'],
    properties: {
      account: accountName,
      subscription: uuid,
      subscriptionLeaf: leaf,
      endsOn: date,
    },
  },
})
