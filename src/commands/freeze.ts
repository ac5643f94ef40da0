import { decideFreeze } from '../ledger/decide/freeze.js'
import { defineCommand } from './define.js'

/** Stops new voluntary debits. */
export const freeze = defineCommand({
  name: 'freeze',
  missing: 'account_not_found',
  guard: (input) => input.account,
  decide: (input, reads, deciding) => decideFreeze(input, reads.account(input.account), deciding),
})
