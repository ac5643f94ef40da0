import { defineEvent } from './define.js'
import { accountName, leaf, reference, uuid } from './parts.js'

/** The money of a charge has come in. In the stream of the owner. */
export const PaymentSettled = defineEvent({
  type: 'PaymentSettled',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'checkoutLeaf', 'account', 'transaction'],
    properties: {
      checkout: uuid,
      /** Of the event that started it. */
      checkoutLeaf: leaf,
      account: accountName,
      transaction: reference,
    },
  },
})
