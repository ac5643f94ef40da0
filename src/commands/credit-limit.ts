import { decideCreditLimit } from '../ledger/decide/credit-limit.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Changes how far below zero an account may go. */
export const creditLimit = defineCommand({
  name: 'credit-limit',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideCreditLimit(input, reads.account(input.account), deciding),
})
