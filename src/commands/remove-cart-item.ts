import { decideRemoveCartItem } from '../ledger/decide/cart.js'
import { cartStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Takes an item out of a cart. */
export const removeCartItem = defineCommand({
  name: 'remove-cart-item',
  missing: 'cart_item_not_found',
  guard: (input) => cartStream(input.account),
  decide: (input, reads, deciding) =>
    decideRemoveCartItem(
      input,
      { account: reads.account(input.account), cart: reads.document('cart', input.account) },
      deciding,
    ),
})
