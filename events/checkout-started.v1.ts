import { defineEvent } from './define.js'
import { accountName, amount, cartItems, currency, date, purpose, soldItems, soldLines, tax, uuid } from './parts.js'

/** A card is about to be charged, under the checkout's id as order id: its subscriptions are locked and its promocodes used until it is paid or has failed. In the stream of the owner. */
export const CheckoutStarted = defineEvent({
  type: 'CheckoutStarted',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'account', 'purpose', 'amount', 'currency', 'items', 'lines', 'means'],
    properties: {
      checkout: uuid,
      account: accountName,
      purpose,
      /** What is charged: the sum of the lines, or what a recharge brings. */
      amount,
      currency,
      /** None where money comes to the balance. */
      items: soldItems,
      lines: soldLines,
      tax,
      cart: cartItems,
      /** A card given now, or the one that is kept. */
      means: { enum: ['nonce', 'stored'] },
      /** Of a renewal: the day on which it was tried. */
      triedOn: date,
    },
  },
})
