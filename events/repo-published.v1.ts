import { defineEvent } from './define.js'
import { itemId, itemVersion, leaf, prose, text } from './parts.js'

/** A repository of data sets. In the stream `catalogue`. */
export const RepoPublished = defineEvent({
  type: 'RepoPublished',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['repo', 'itemVersion', 'class', 'label', 'description', 'owner', 'imageUrl'],
    properties: {
      repo: itemId,
      itemVersion,
      /** The leaf number of its first publication; left out: this is the first. */
      itemLeaf: leaf,
      class: text,
      label: text,
      description: prose,
      owner: prose,
      imageUrl: prose,
    },
  },
})
