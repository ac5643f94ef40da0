import type { CartItemInput, CartState } from '../ledger/decide/cart.js'
import { grantId } from '../ledger/document.js'
import type { Reads, Settings } from './define.js'

/** What the rules on an item of a cart read. */
export const cartStateOf = (
  { account }: Pick<CartItemInput, 'account'>,
  reads: Pick<Reads, 'account' | 'document'>,
  { freePlan }: Pick<Settings, 'freePlan'>,
): CartState => ({
  account: reads.account(account),
  cart: reads.document('cart', account),
  plan: (id) => reads.document('plan', id),
  addon: (id) => reads.document('addon', id),
  grant: (promocode) => reads.document('grant', grantId(promocode, account)),
  freePlan,
})
