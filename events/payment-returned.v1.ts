import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, purpose, reference, soldLines, text, uuid } from './parts.js'

/** The money of a charge did not come, or was taken back by the bank: a forced debit of what was recharged, or the end of what was bought. In the stream of the owner. */
export const PaymentReturned = defineEvent({
  type: 'PaymentReturned',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['checkout', 'checkoutLeaf', 'account', 'purpose', 'amount', 'currency', 'lines', 'transaction'],
    properties: {
      checkout: uuid,
      /** Of the event that started it. */
      checkoutLeaf: leaf,
      account: accountName,
      purpose,
      /** What was not given back before. */
      amount,
      currency,
      lines: soldLines,
      transaction: reference,
      reason: text,
    },
  },
})
