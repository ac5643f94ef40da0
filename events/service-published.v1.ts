import { defineEvent } from './define.js'
import { itemId, itemVersion, leaf, prose, text } from './parts.js'

/** A service of which instances are provisioned. In the stream `catalogue`. */
export const ServicePublished = defineEvent({
  type: 'ServicePublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['service', 'itemVersion', 'class', 'provider', 'name', 'description', 'imageUrl'],
    properties: {
      service: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      class: text,
      provider: text,
      name: text,
      description: prose,
      imageUrl: prose,
    },
  },
})
