import { decideAdjust } from '../ledger/decide/adjust.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Corrects the books by hand. */
export const adjust = defineCommand({
  name: 'adjust',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideAdjust(input, reads.account(input.account), deciding),
})
