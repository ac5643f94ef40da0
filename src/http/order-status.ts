import type { OrderStatus } from '../ledger/order.js'
import type { EntryRow } from '../projections/ledger.js'

type OrderEntry = NonNullable<EntryRow['order']>

/** The state that people see, from the top: void, a refund under way, all given back, pending, rejected, effective. */
export const statusOf = ({ state, openCount, refunded, paid, last }: OrderEntry): OrderStatus => {
  if (state === 'voided') return state
  if (openCount > 0) return 'refunding'
  if (refunded > 0n && refunded === paid) return 'refunded'
  if (state === 'pending' || refunded > 0n) return state
  return last === 'rejected' ? 'rejected' : 'effective'
}
