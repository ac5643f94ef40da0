import { decideBuy } from '../ledger/decide/start-checkout.js'
import { accountStream } from '../ledger/streams.js'
import { basketStateOf } from './basket-state.js'
import { defineCommand } from './define.js'

/** Buys plans for subscriptions from the balance. */
export const buy = defineCommand({
  name: 'buy',
  operation: 'start-checkout',
  missing: 'account_not_found',
  fresh: true,
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, settings) =>
    decideBuy(input, basketStateOf(input, reads, deciding.now, settings), deciding),
})
