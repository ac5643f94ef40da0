import { defineEvent } from './define.js'
import { itemId, itemVersion, leaf, prose, text } from './parts.js'

/** A data set of a repository, with its attributes. In the stream `catalogue`. */
export const RepoItemPublished = defineEvent({
  type: 'RepoItemPublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['repo', 'item', 'itemVersion', 'url', 'owner', 'attributes'],
    properties: {
      repo: itemId,
      item: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      url: prose,
      owner: prose,
      attributes: {
        type: 'array',
        maxItems: 200,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'comment', 'example', 'order'],
          properties: {
            name: text,
            comment: prose,
            example: prose,
            order: { type: 'integer', minimum: 0, maximum: 1_000_000 },
          },
        },
      },
    },
  },
})
