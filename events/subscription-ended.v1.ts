import { defineEvent } from './define.js'
import { accountName, date, leaf, uuid } from './parts.js'

/** A subscription is over; in the stream of the owner. */
export const SubscriptionEnded = defineEvent({
  type: 'SubscriptionEnded',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'subscription', 'subscriptionLeaf', 'endedOn', 'reason'],
    properties: {
      account: accountName,
      subscription: uuid,
      subscriptionLeaf: leaf,
      /** The first day without it. */
      endedOn: date,
      reason: { enum: ['unpaid', 'cancelled', 'refunded'] },
    },
  },
})
