import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, reference, uuid } from './parts.js'

/** A charge that nobody wanted any more (its checkout has failed, or was paid by another charge) was given back to the card. In the stream of the owner. */
export const ChargeReturned = defineEvent({
  type: 'ChargeReturned',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'checkoutLeaf', 'account', 'amount', 'currency', 'transaction'],
    properties: {
      checkout: uuid,
      /** Of the event that started it. */
      checkoutLeaf: leaf,
      account: accountName,
      /** Of the charge, which may not be what was asked for. */
      amount,
      currency,
      transaction: reference,
    },
  },
})
