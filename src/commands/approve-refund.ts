import { decideApproveRefund } from '../ledger/decide/review-refund.js'
import { defineCommand } from './define.js'

/** Gives the money back. */
export const approveRefund = defineCommand({
  name: 'approve-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => committed.order(input.order)?.facts.seller ?? null,
  decide: (input, reads, deciding) => {
    const order = reads.order(input.order)
    const seller = order && reads.account(order.facts.seller)
    return decideApproveRefund(input, { order, seller, refund: (id) => reads.refund(id) }, deciding)
  },
})
