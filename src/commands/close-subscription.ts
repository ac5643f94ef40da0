import { decideCloseSubscription } from '../ledger/decide/close-subscription.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Ends a subscription that nothing is paid for. */
export const closeSubscription = defineCommand({
  name: 'close-subscription',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn }) =>
    decideCloseSubscription({ ...input, today: dateIn(deciding.now) }, reads.account(input.account), deciding),
})
