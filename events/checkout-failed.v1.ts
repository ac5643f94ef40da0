import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, purpose, soldItems, text, uuid } from './parts.js'

/** Nothing was charged: what the checkout locked is free again. In the stream of the owner. */
export const CheckoutFailed = defineEvent({
  type: 'CheckoutFailed',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'checkoutLeaf', 'account', 'purpose', 'amount', 'currency', 'items', 'reason'],
    properties: {
      checkout: uuid,
      /** Of the event that started it. */
      checkoutLeaf: leaf,
      account: accountName,
      purpose,
      amount,
      currency,
      items: soldItems,
      /** `unreachable`: the gateway was not reached. `not_found`: the gateway knows of no charge that pays for it; what it has charged otherwise, and what turns up later, is given back. */
      reason: { enum: ['declined', 'refused', 'unreachable', 'not_found'] },
      /** What the gateway said, and who did not want what it has charged. */
      detail: text,
    },
  },
})
