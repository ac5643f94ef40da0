import { decideExpire } from '../ledger/decide/hold.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Ends a hold that has run out: the hold sweeper's own. */
export const expire = defineCommand({
  name: 'expire',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'buyer'),
  decide: (input, reads, deciding) => decideExpire(reads.order(input.order), deciding),
})
