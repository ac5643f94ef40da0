import { decideChangeCartItem } from '../ledger/decide/cart.js'
import { cartStream } from '../ledger/streams.js'
import { cartStateOf } from './cart-state.js'
import { defineCommand } from './define.js'

/** Says anew what an item of a cart buys. */
export const changeCartItem = defineCommand({
  name: 'change-cart-item',
  missing: 'cart_item_not_found',
  guard: (input) => cartStream(input.account),
  decide: (input, reads, deciding, settings) =>
    decideChangeCartItem(input, cartStateOf(input, reads, settings), deciding),
})
