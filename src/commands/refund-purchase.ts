import { decideRefundPurchase } from '../ledger/decide/refund-purchase.js'
import { purchaseStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Gives back what was paid for a purchase or a renewal. */
export const refundPurchase = defineCommand({
  name: 'refund-purchase',
  missing: 'purchase_not_found',
  guard: (input, committed) => purchaseStream(committed.purchase(input.order)),
  decide: (input, reads, deciding, { dateIn, freePlan }) => {
    const purchase = reads.purchase(input.order)
    const account = purchase && reads.account(purchase.account)
    const free = reads.document('plan', freePlan)
    return decideRefundPurchase({ ...input, today: dateIn(deciding.now) }, { purchase, account, free }, deciding)
  },
})
