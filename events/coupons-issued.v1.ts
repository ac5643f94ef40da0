import { defineEvent } from './define.js'
import { amount, batch, codeHash, currency, instant, serial } from './parts.js'

/** A batch of coupons of one value; the only event in the stream `coupons-<batch>`. */
export const CouponsIssued = defineEvent({
  type: 'CouponsIssued',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['batch', 'amount', 'currency', 'expiresAt', 'coupons'],
    properties: {
      batch,
      /** Of each. */
      amount,
      currency,
      /** The first instant at which they are worth nothing. */
      expiresAt: instant,
      coupons: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['serial', 'codeHash'],
          properties: { serial, codeHash },
        },
      },
    },
  },
})
