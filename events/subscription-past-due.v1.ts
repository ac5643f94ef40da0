import { defineEvent } from './define.js'
import { accountName, amount, currency, date, leaf, uuid } from './parts.js'

/** The next period could not be paid; it is tried again until the days of grace are over. In the stream of the owner. */
export const SubscriptionPastDue = defineEvent({
  type: 'SubscriptionPastDue',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['account', 'subscription', 'subscriptionLeaf', 'amount', 'currency', 'due', 'until'],
    properties: {
      account: accountName,
      subscription: uuid,
      subscriptionLeaf: leaf,
      /** What was asked. */
      amount,
      currency,
      /** The first day of the period that is not paid. */
      due: date,
      /** The last day of grace. */
      until: date,
    },
  },
})
