import { decideRecharge } from '../ledger/decide/recharge.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Money comes in from outside. */
export const recharge = defineCommand({
  name: 'recharge',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, settings) =>
    decideRecharge({ ...input, defaultCurrency: settings.currency }, reads.account(input.account), deciding),
})
