import { defineEvent } from './define.js'
import { itemId, itemVersion, leaf, prose } from './parts.js'

/** A region where plans are sold. In the stream `catalogue`. */
export const RegionPublished = defineEvent({
  type: 'RegionPublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['region', 'itemVersion', 'description'],
    properties: {
      region: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      description: prose,
    },
  },
})
