import type { OrderStatus } from '../ledger/order.js'
import type { EntryRow } from '../projections/ledger.js'

type OrderEntry = NonNullable<EntryRow['order']>

/** The state that people see, from the top: pending or void, a refund under review, all given back, rejected, effective. */
export const statusOf = ({ state, openCount, refunded, paid, last }: OrderEntry): OrderStatus => {
  if (state !== 'effective') return state
  if (openCount > 0) return 'refunding'
  if (refunded > 0n) return refunded === paid ? 'refunded' : 'effective'
  return last === 'rejected' ? 'rejected' : 'effective'
}
