import { decideRenew } from '../ledger/decide/renew.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Charges the next period of a subscription: the renewal scheduler's own, and an admin's. */
export const renew = defineCommand({
  name: 'renew',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn, freePlan, graceDays, retryDays, taxes }) =>
    decideRenew(
      { ...input, today: dateIn(deciding.now), graceDays, retryDays, taxes },
      {
        account: reads.account(input.account),
        free: reads.document('plan', freePlan),
        customer: reads.document('customer', input.account),
        purchase: (order) => reads.purchase(order),
      },
      deciding,
    ),
})
