import { decideCardRefunded } from '../ledger/decide/card-refund.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The gateway has given back to the card what was asked. */
export const cardRefunded = defineCommand({
  name: 'card-refunded',
  missing: 'refund_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn, freePlan }) => {
    const state = {
      account: reads.account(input.account),
      refund: (leaf: number) => reads.document('card-refund', String(leaf)),
      purchase: (leaf: number) => reads.document('purchase', String(leaf)),
      free: reads.document('plan', freePlan),
    }
    return decideCardRefunded({ ...input, today: dateIn(deciding.now) }, state, deciding)
  },
})
