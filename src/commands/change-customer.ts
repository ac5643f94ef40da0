import { decideChangeCustomer } from '../ledger/decide/customer.js'
import { customerStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** The billing address of an account. */
export const changeCustomer = defineCommand({
  name: 'change-customer',
  missing: 'account_not_found',
  guard: (input) => customerStream(input.account),
  decide: (input, reads, deciding) => {
    const { account } = input
    return decideChangeCustomer(
      input,
      { account: reads.account(account), customer: reads.document('customer', account) },
      deciding,
    )
  },
})
