import { defineEvent } from './define.js'
import { accountName, date, leaf, soldItem, uuid } from './parts.js'

/** A subscription is back on the free plan, without periods; in the stream of the owner. */
export const SubscriptionReverted = defineEvent({
  type: 'SubscriptionReverted',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'subscription', 'subscriptionLeaf', 'on', 'reason', 'item'],
    properties: {
      account: accountName,
      subscription: uuid,
      subscriptionLeaf: leaf,
      /** The first day on the free plan. */
      on: date,
      reason: { enum: ['cancelled', 'unpaid', 'refunded', 'returned'] },
      /** The free plan. */
      item: soldItem,
    },
  },
})
