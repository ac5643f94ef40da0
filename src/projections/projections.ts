import type { AnyProjection } from '../follower/projection.js'
import { carts } from './carts.js'
import { catalogue } from './catalogue.js'
import { coupons } from './coupons.js'
import { customers } from './customers.js'
import { instances } from './instances.js'
import { ledger } from './ledger.js'
import { promocodes } from './promocodes.js'
import { subscriptions } from './subscriptions.js'
import { transactions } from './transactions.js'

/** All that is folded from the log: each is followed, rebuilt, judged and compared by whoever goes through this list. */
export const projections: readonly AnyProjection[] = [
  ledger,
  catalogue,
  coupons,
  instances,
  subscriptions,
  promocodes,
  carts,
  customers,
  transactions,
]
