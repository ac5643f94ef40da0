import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, soldItem, soldLines, tax, uuid } from './parts.js'

/** The next period of a subscription was paid from the balance: an order of its own; in the stream of the owner. */
export const SubscriptionRenewed = defineEvent({
  type: 'SubscriptionRenewed',
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'account', 'subscription', 'subscriptionLeaf', 'amount', 'currency', 'items', 'lines'],
    properties: {
      order: uuid,
      account: accountName,
      subscription: uuid,
      /** Of the event that began it. */
      subscriptionLeaf: leaf,
      amount,
      currency,
      /** The plan at the version that is paid, for the new period. */
      items: { type: 'array', minItems: 1, maxItems: 1, items: soldItem },
      lines: soldLines,
      tax,
    },
  },
})
