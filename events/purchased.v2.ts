import { defineEvent } from './define.js'
import { accountName, amount, cartItems, currency, soldItem, soldLines, tax, uuid } from './parts.js'

/** Plans were bought from the balance, all at once, for new subscriptions or running ones; in the stream of the owner. One that begins here has the id of the order. */
export const Purchased = defineEvent({
  type: 'Purchased',
  version: 2,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['order', 'account', 'amount', 'currency', 'items', 'lines'],
    properties: {
      order: uuid,
      account: accountName,
      /** What was paid: the sum of the lines. */
      amount,
      currency,
      items: { type: 'array', minItems: 1, maxItems: 20, items: soldItem },
      lines: soldLines,
      tax,
      cart: cartItems,
    },
  },
})
