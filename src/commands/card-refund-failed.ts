import { decideCardRefundFailed } from '../ledger/decide/card-refund.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The gateway has given nothing back to the card. */
export const cardRefundFailed = defineCommand({
  name: 'card-refund-failed',
  missing: 'refund_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => {
    const refund = (leaf: number) => reads.document('card-refund', String(leaf))
    return decideCardRefundFailed(input, { account: reads.account(input.account), refund }, deciding)
  },
})
