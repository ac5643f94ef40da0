import { decideTrade } from '../ledger/decide/trade.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** A buyer pays a seller. */
export const trade = defineCommand({
  name: 'trade',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.buyer),
  decide: (input, reads, deciding) =>
    decideTrade(input, { buyer: reads.account(input.buyer), seller: reads.account(input.seller) }, deciding),
})
