import { decideFailed } from '../ledger/decide/checkout-outcome.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The gateway has charged nothing. */
export const checkoutFailed = defineCommand({
  name: 'checkout-failed',
  missing: 'checkout_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn, graceDays }) => {
    const checkout = reads.document('checkout', String(input.checkoutLeaf))
    const state = { account: reads.account(input.account), checkout }
    return decideFailed({ ...input, today: dateIn(deciding.now), graceDays }, state, deciding)
  },
})
