import { decideAddCartItem } from '../ledger/decide/cart.js'
import { cartStream } from '../ledger/streams.js'
import { cartStateOf } from './cart-state.js'
import { defineCommand } from './define.js'

/** Puts a plan for a subscription into the owner's cart. */
export const addCartItem = defineCommand({
  name: 'add-cart-item',
  missing: 'account_not_found',
  guard: (input) => cartStream(input.account),
  decide: (input, reads, deciding, settings) => decideAddCartItem(input, cartStateOf(input, reads, settings), deciding),
})
