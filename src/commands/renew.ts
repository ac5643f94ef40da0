import { decideRenew } from '../ledger/decide/renew.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Charges the next period of a subscription: the renewal scheduler's own, and an admin's. */
export const renew = defineCommand({
  name: 'renew',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn, graceDays }) =>
    decideRenew({ ...input, today: dateIn(deciding.now), graceDays }, reads.account(input.account), deciding),
})
