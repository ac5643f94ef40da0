import { decidePublish } from '../ledger/decide/publish.js'
import { CATALOGUE } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Publishes an item of the catalogue: first of all, or again. */
export const publishItem = defineCommand({
  name: 'publish-item',
  missing: 'item_not_found',
  guard: () => CATALOGUE,
  decide: (input, reads, deciding, { currency }) =>
    decidePublish(input, { currency, document: (kind, id) => reads.document(kind, id) }, deciding),
})
