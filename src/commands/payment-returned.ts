import { decideReturned } from '../ledger/decide/checkout-outcome.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The money of a charge did not come, or was taken back. */
export const paymentReturned = defineCommand({
  name: 'payment-returned',
  missing: 'checkout_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, settings) => {
    const checkout = reads.document('checkout', String(input.checkoutLeaf))
    const purchase = reads.document('purchase', String(input.checkoutLeaf))
    const state = {
      account: reads.account(input.account),
      checkout,
      purchase,
      reversed: reads.recharge(String(input.checkoutLeaf))?.reversed ?? 0n,
      refund: (leaf: number) => reads.document('card-refund', String(leaf)),
      free: reads.document('plan', settings.freePlan),
    }
    return decideReturned({ ...input, today: settings.dateIn(deciding.now) }, state, deciding)
  },
})
