import { decideAuthorize } from '../ledger/decide/trade.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Holds a buyer's money for a seller. */
export const authorize = defineCommand({
  name: 'authorize',
  // One endpoint pays or holds: a key must not do both.
  operation: 'trade',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.buyer),
  decide: (input, reads, deciding, settings) =>
    decideAuthorize(
      { ...input, holdMs: settings.holdSeconds * 1000 },
      { buyer: reads.account(input.buyer), seller: reads.account(input.seller) },
      deciding,
    ),
})
