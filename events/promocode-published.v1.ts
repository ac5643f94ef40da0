import { defineEvent } from './define.js'
import { amount, currency, instant, itemId, itemVersion, leaf, prose, text } from './parts.js'

/** A promocode that may be granted: it lowers the price of plans. In the stream `catalogue`. */
export const PromocodePublished = defineEvent({
  type: 'PromocodePublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['promocode', 'itemVersion', 'name', 'type', 'value', 'periods'],
    properties: {
      promocode: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      name: text,
      type: { enum: ['percent', 'fixed'] },
      /** Per cent of the price, or an amount in `currency`. */
      value: amount,
      /** Of a fixed amount. */
      currency,
      /** For how many periods of a subscription. */
      periods: { type: 'integer', minimum: 1, maximum: 1200 },
      /** For these plans alone; left out: for all. */
      plans: { type: 'array', minItems: 1, maxItems: 100, items: itemId },
      /** How many may be granted; left out: any number. */
      grants: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
      expiresAt: instant,
      remark: prose,
    },
  },
})
