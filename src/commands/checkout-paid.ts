import { decidePaid } from '../ledger/decide/checkout-outcome.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The gateway has charged the card. */
export const checkoutPaid = defineCommand({
  name: 'checkout-paid',
  missing: 'checkout_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => {
    const checkout = reads.document('checkout', String(input.checkoutLeaf))
    return decidePaid(input, { account: reads.account(input.account), checkout }, deciding)
  },
})
