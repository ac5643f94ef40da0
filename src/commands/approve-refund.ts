import { decideApproveRefund } from '../ledger/decide/review-refund.js'
import { partyStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Gives the money back. */
export const approveRefund = defineCommand({
  name: 'approve-refund',
  operation: 'review-refund',
  missing: 'order_not_found',
  guard: (input, committed) => partyStream(committed.order(input.order), 'seller'),
  decide: (input, reads, deciding) => {
    const order = reads.order(input.order)
    const seller = order && reads.account(order.facts.seller)
    return decideApproveRefund(input, { order, seller, refund: (id) => reads.refund(id) }, deciding)
  },
})
