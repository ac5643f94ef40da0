import { decideRejectRefund } from '../ledger/decide/review-refund.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Ends a refund: the seller keeps the money. */
export const rejectRefund = defineCommand({
  name: 'reject-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'seller'),
  decide: (input, reads, deciding) =>
    decideRejectRefund(input, { order: reads.order(input.order), refund: (id) => reads.refund(id) }, deciding),
})
