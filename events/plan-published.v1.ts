import { defineEvent } from './define.js'
import { amount, currency, itemId, itemVersion, leaf, prose, quotas, text } from './parts.js'

/** A plan is sold from now on as it stands here; what was bought before keeps its version. In the stream `catalogue`. */
export const PlanPublished = defineEvent({
  type: 'PlanPublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['plan', 'itemVersion', 'name', 'type', 'price', 'currency', 'billPeriod', 'description'],
    properties: {
      plan: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      name: text,
      /** Of the market: people look for it without regard to case. */
      type: text,
      level: text,
      price: amount,
      currency,
      /** `monthly` or `M`, `yearly` or `Y` are renewed; any other is sold once. Shown as it was published. */
      billPeriod: text,
      /** Sold there alone; left out: everywhere. */
      region: itemId,
      description: prose,
      quotas,
    },
  },
})
