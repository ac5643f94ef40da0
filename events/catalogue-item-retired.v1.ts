import { defineEvent } from './define.js'
import { itemVersion, leaf } from './parts.js'

/** An item is not sold or shown any more, until it is published again. In the stream `catalogue`. */
export const CatalogueItemRetired = defineEvent({
  type: 'CatalogueItemRetired',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'id', 'itemVersion', 'itemLeaf'],
    properties: {
      kind: { enum: ['plan', 'region', 'promocode', 'addon', 'repo', 'repo-item', 'service'] },
      /** Of an item of a repository: `<repo>/<item>`. */
      id: { type: 'string', maxLength: 129, pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@+/-]{0,128}$' },
      /** The version that was the newest. */
      itemVersion,
      itemLeaf: leaf,
    },
  },
})
