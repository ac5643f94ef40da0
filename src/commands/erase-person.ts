import { decideErasePerson } from '../ledger/decide/customer.js'
import { customerStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'
import { personKeyOf } from './person-key.js'

/** Nobody can read any more what is kept of a person; whoever asks destroys the key then. */
export const erasePerson = defineCommand({
  name: 'erase-person',
  missing: 'account_not_found',
  guard: (input) => customerStream(input.account),
  decide: (input, reads, deciding) => {
    const { account } = input
    const state = { account: reads.account(account), customer: reads.document('customer', account) }
    return decideErasePerson(input, state, deciding, (erasures) => personKeyOf(account, erasures))
  },
})
