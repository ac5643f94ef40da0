import { decideWithdrawRefund } from '../ledger/decide/review-refund.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The buyer takes a request back. */
export const withdrawRefund = defineCommand({
  name: 'withdraw-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'seller'),
  decide: (input, reads, deciding) =>
    decideWithdrawRefund(input, { order: reads.order(input.order), refund: (id) => reads.refund(id) }, deciding),
})
