import { decideOpen } from '../ledger/decide/open.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Opens an account. */
export const open = defineCommand({
  name: 'open',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.owner),
  decide: (input, reads, deciding, settings) =>
    decideOpen({ ...input, currency: input.currency ?? settings.currency }, reads.account(input.owner), deciding),
})
