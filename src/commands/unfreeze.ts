import { decideUnfreeze } from '../ledger/decide/freeze.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Allows voluntary debits again. */
export const unfreeze = defineCommand({
  name: 'unfreeze',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideUnfreeze(input, reads.account(input.account), deciding),
})
