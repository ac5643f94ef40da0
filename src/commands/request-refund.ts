import { decideRequestRefund, refundOfRecharge } from '../ledger/decide/request-refund.js'
import { partyStream, purchaseStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Asks for an order's money back. */
export const requestRefund = defineCommand({
  name: 'request-refund',
  missing: 'order_not_found',
  otherwise: (input, committed, actor) => refundOfRecharge(input, committed.recharge(input.order), actor),
  guard: (input, committed) =>
    partyStream(committed.order(input.order), 'seller') ?? purchaseStream(committed.purchase(input.order)),
  decide: (input, reads, deciding) =>
    decideRequestRefund(
      input,
      {
        order: reads.order(input.order),
        purchase: reads.purchase(input.order),
        refund: (id) => reads.refund(id),
      },
      deciding,
    ),
})
