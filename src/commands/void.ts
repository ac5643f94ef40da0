import { decideVoid } from '../ledger/decide/hold.js'
import { defineCommand } from './define.js'

/** Gives a hold up. */
export const voidOrder = defineCommand({
  name: 'void',
  missing: 'order_not_found',
  guard: (input, committed) => committed.order(input.order)?.facts.buyer ?? null,
  decide: (input, reads, deciding) => decideVoid(input, reads.order(input.order), deciding),
})
