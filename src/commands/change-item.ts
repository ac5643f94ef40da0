import { decideChange } from '../ledger/decide/publish.js'
import { CATALOGUE } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Publishes the next version of an item. */
export const changeItem = defineCommand({
  name: 'change-item',
  missing: 'item_not_found',
  guard: () => CATALOGUE,
  decide: (input, reads, deciding, { currency }) =>
    decideChange(input, { currency, document: (kind, id) => reads.document(kind, id) }, deciding),
})
