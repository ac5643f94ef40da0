import { decideOpenSubscription } from '../ledger/decide/open-subscription.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Begins a subscription for a device, on the free plan. */
export const openSubscription = defineCommand({
  name: 'open-subscription',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { freePlan }) => {
    const [account, free] = [reads.account(input.account), reads.document('plan', freePlan)]
    return decideOpenSubscription(
      input,
      { account, free, customer: reads.document('customer', input.account) },
      deciding,
    )
  },
})
