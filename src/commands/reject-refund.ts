import { decideRejectRefund } from '../ledger/decide/review-refund.js'
import { defineCommand } from './define.js'

/** Ends a refund: the seller keeps the money. */
export const rejectRefund = defineCommand({
  name: 'reject-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => committed.order(input.order)?.facts.seller ?? null,
  decide: (input, reads, deciding) =>
    decideRejectRefund(input, { order: reads.order(input.order), refund: (id) => reads.refund(id) }, deciding),
})
