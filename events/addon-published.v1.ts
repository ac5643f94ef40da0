import { defineEvent } from './define.js'
import { amount, currency, itemId, itemVersion, leaf, quotas, text } from './parts.js'

/** A quota pack that is bought with a subscription. In the stream `catalogue`. */
export const AddonPublished = defineEvent({
  type: 'AddonPublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['addon', 'itemVersion', 'name', 'price', 'currency', 'quotas'],
    properties: {
      addon: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      name: text,
      price: amount,
      currency,
      quotas,
    },
  },
})
