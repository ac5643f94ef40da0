import { defineEvent } from './define.js'
import { accountName, amount, currency, leaf, method, text, uuid } from './parts.js'

/** A recharge, or a part of it, was taken back by whoever paid it: a forced debit. */
export const RechargeReversed = defineEvent({
  type: 'RechargeReversed',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['transfer', 'recharge', 'rechargeLeaf', 'account', 'amount', 'currency', 'method'],
    properties: {
      transfer: uuid,
      recharge: uuid,
      rechargeLeaf: leaf,
      account: accountName,
      amount,
      currency,
      method,
      reason: text,
    },
  },
})
