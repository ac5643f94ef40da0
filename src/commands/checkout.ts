import { decideCheckout } from '../ledger/decide/checkout.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Buys a plan from the balance. */
export const checkout = defineCommand({
  name: 'checkout',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn, timeZone }) =>
    decideCheckout(
      { ...input, today: dateIn(deciding.now), zone: timeZone },
      {
        account: reads.account(input.account),
        plan: reads.document('plan', input.plan),
        region: (id) => reads.document('region', id),
      },
      deciding,
    ),
})
