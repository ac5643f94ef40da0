import { decideCapture } from '../ledger/decide/hold.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Takes the money of a hold. */
export const capture = defineCommand({
  name: 'capture',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'buyer'),
  decide: (input, reads, deciding) => decideCapture(input, reads.order(input.order), deciding),
})
