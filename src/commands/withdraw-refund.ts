import { decideWithdrawRefund } from '../ledger/decide/review-refund.js'
import { defineCommand } from './define.js'

/** The buyer takes a request back. */
export const withdrawRefund = defineCommand({
  name: 'withdraw-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => committed.order(input.order)?.facts.seller ?? null,
  decide: (input, reads, deciding) =>
    decideWithdrawRefund(input, { order: reads.order(input.order), refund: (id) => reads.refund(id) }, deciding),
})
