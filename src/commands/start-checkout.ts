import { decideStartCheckout } from '../ledger/decide/start-checkout.js'
import { accountStream } from '../ledger/streams.js'
import { basketStateOf } from './basket-state.js'
import { defineCommand } from './define.js'

/** A card is about to be charged for plans. */
export const startCheckout = defineCommand({
  name: 'start-checkout',
  missing: 'account_not_found',
  fresh: true,
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, settings) =>
    decideStartCheckout(input, basketStateOf(input, reads, deciding.now, settings), deciding),
})
