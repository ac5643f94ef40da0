import { decideCancelSubscription } from '../ledger/decide/cancel-subscription.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Ends a subscription with the period that is paid. */
export const cancelSubscription = defineCommand({
  name: 'cancel-subscription',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideCancelSubscription(input, reads.account(input.account), deciding),
})
