import { defineEvent } from './define.js'
import { accountName, amount, currency, instant, itemId, itemVersion, prose, text, uuid } from './parts.js'

/** An account may use a promocode, once, on the terms of the version named; in the stream `promocode-<promocode>`. */
export const PromocodeGranted = defineEvent({
  type: 'PromocodeGranted',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['grant', 'promocode', 'promocodeVersion', 'number', 'account', 'name', 'type', 'value', 'periods'],
    properties: {
      grant: uuid,
      promocode: itemId,
      promocodeVersion: itemVersion,
      /** Which of this promocode's grants it is, from 1. */
      number: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      account: accountName,
      name: text,
      type: { enum: ['percent', 'fixed'] },
      /** Per cent of the price, or an amount in `currency`. */
      value: amount,
      currency,
      /** The one that is bought, and the renewals after it. */
      periods: { type: 'integer', minimum: 1, maximum: 1200 },
      /** For these plans alone; left out: for all. */
      plans: { type: 'array', minItems: 1, maxItems: 100, items: itemId },
      remark: prose,
      /** The first instant at which it cannot be used any more. */
      expiresAt: instant,
    },
  },
})
