import { decideFreeze } from '../ledger/decide/freeze.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Stops new voluntary debits. */
export const freeze = defineCommand({
  name: 'freeze',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideFreeze(input, reads.account(input.account), deciding),
})
