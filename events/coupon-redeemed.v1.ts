import { defineEvent } from './define.js'
import { accountName, amount, batch, codeHash, currency, itemId, serial, uuid } from './parts.js'

/** A coupon became money of an account; in the stream `coupon-<serial>`, at its beginning. */
export const CouponRedeemed = defineEvent({
  type: 'CouponRedeemed',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['transfer', 'serial', 'codeHash', 'batch', 'account', 'amount', 'currency'],
    properties: {
      transfer: uuid,
      serial,
      codeHash,
      batch,
      account: accountName,
      amount,
      currency,
      region: itemId,
    },
  },
})
