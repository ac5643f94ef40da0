import { decideRetire } from '../ledger/decide/publish.js'
import { CATALOGUE } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Takes an item out of the catalogue. */
export const retireItem = defineCommand({
  name: 'retire-item',
  missing: 'item_not_found',
  guard: () => CATALOGUE,
  decide: (input, reads, deciding, { currency }) =>
    decideRetire(input, { currency, document: (kind, id) => reads.document(kind, id) }, deciding),
})
