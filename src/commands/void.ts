import { decideVoid } from '../ledger/decide/hold.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Gives a hold up. */
export const voidOrder = defineCommand({
  name: 'void',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'buyer'),
  decide: (input, reads, deciding) => decideVoid(input, reads.order(input.order), deciding),
})
