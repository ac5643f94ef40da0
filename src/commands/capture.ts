import { decideCapture } from '../ledger/decide/hold.js'
import { defineCommand } from './define.js'

/** Takes the money of a hold. */
export const capture = defineCommand({
  name: 'capture',
  missing: 'order_not_found',
  guard: (input, committed) => committed.order(input.order)?.facts.buyer ?? null,
  decide: (input, reads, deciding) => decideCapture(input, reads.order(input.order), deciding),
})
