import { defineEvent } from './define.js'
import {
  accountName,
  amount,
  cartItems,
  currency,
  leaf,
  purpose,
  reference,
  soldItems,
  soldLines,
  tax,
  uuid,
} from './parts.js'

/** The gateway has charged the card: the plans run, or the money is on the balance. In the stream of the owner. */
export const CheckoutPaid = defineEvent({
  type: 'CheckoutPaid',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'checkoutLeaf', 'account', 'purpose', 'amount', 'currency', 'items', 'lines', 'transaction'],
    properties: {
      checkout: uuid,
      /** Of the event that started it. */
      checkoutLeaf: leaf,
      account: accountName,
      purpose,
      amount,
      currency,
      items: soldItems,
      lines: soldLines,
      tax,
      cart: cartItems,
      /** The gateway's id of the charge. */
      transaction: reference,
      /** Under this id the card lies in the store of secrets, for renewals. */
      card: uuid,
    },
  },
})
