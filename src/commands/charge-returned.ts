import { decideUnwanted } from '../ledger/decide/checkout-outcome.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** A charge that nobody wants was given back. */
export const chargeReturned = defineCommand({
  name: 'charge-returned',
  missing: 'checkout_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => {
    const checkout = reads.document('checkout', String(input.checkoutLeaf))
    return decideUnwanted(input, { account: reads.account(input.account), checkout }, deciding)
  },
})
