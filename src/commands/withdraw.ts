import { decideWithdraw } from '../ledger/decide/withdraw.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Pays money out. */
export const withdraw = defineCommand({
  name: 'withdraw',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideWithdraw(input, reads.account(input.account), deciding),
})
