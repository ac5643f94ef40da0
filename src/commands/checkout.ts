import { decideCheckout } from '../ledger/decide/checkout.js'
import { accountStream } from '../ledger/streams.js'
import { basketStateOf } from './basket-state.js'
import { defineCommand } from './define.js'

/** Buys a plan from the balance. */
export const checkout = defineCommand({
  name: 'checkout',
  missing: 'account_not_found',
  fresh: true,
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, settings) => {
    const { account, plan, today, zone, tax } = basketStateOf(input, reads, deciding.now, settings)
    const region = (id: string) => reads.document('region', id)
    return decideCheckout({ ...input, today, zone }, { account, plan: plan(input.plan), region, tax }, deciding)
  },
})
