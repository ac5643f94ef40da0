import { decideSettled } from '../ledger/decide/checkout-outcome.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The money of a charge has come in. */
export const paymentSettled = defineCommand({
  name: 'payment-settled',
  missing: 'checkout_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => {
    const checkout = reads.document('checkout', String(input.checkoutLeaf))
    return decideSettled(input, { account: reads.account(input.account), checkout }, deciding)
  },
})
