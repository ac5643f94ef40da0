import { amountText } from '../../ledger/money.js'
import { type OrderStatus, statusOf } from '../../ledger/order.js'
import { numberOf, type Writable } from '../json.js'
import type { Entry } from '../rows.js'

/** One line of `detail`. */
export interface BillRecord {
  /** The leaf number of the event that opened the order: both parties' records share it. */
  readonly order: number
  readonly plan: string
  /** 1 recharge, 2 paid, 3 received. */
  readonly type: 1 | 2 | 3
  /** 1 pending, 2 effective, 3 refund under review, 4 given back, 5 refund rejected. */
  readonly status: 1 | 2 | 3 | 4 | 5
  readonly user: string
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string
  /** An instant. */
  readonly time: string
}

/** How an entry of an account shows in its bill; `null`: it does not. */
export const recordOf = (entry: Entry, account: string): BillRecord | null => {
  const type = typeOf(entry)
  if (type === null || entry.amount === null) return null
  return {
    order: entry.orderLeaf ?? entry.rechargeLeaf ?? entry.leaf,
    plan: entry.plan ?? '',
    type,
    status: codeOf(entry),
    user: entry.counterparty ?? account,
    amount: entry.order?.state === 'effective' ? entry.order.paid : entry.amount,
    currency: entry.currency,
    time: entry.recordedAt,
  }
}

const typeOf = ({ kind, side, order }: Entry): BillRecord['type'] | null => {
  switch (kind) {
    case 'checkout':
      return order === null ? null : 2
    case 'card-payment':
      return side === 'in' ? 1 : null
    case 'payment-return':
      return side === 'out' ? 2 : null
    case 'recharge':
    case 'coupon':
      return 1
    case 'adjustment':
      return side === 'in' ? 1 : 2
    case 'recharge-reversal':
    case 'withdrawal':
    case 'purchase':
    case 'renewal':
      return 2
    case 'purchase-refund':
    case 'card-refund-request':
      return 3
    case 'trade':
    case 'authorization':
    case 'refund-request':
      return side === 'out' ? 2 : 3
    default:
      return null
  }
}

const orderCodes: Readonly<Record<OrderStatus, BillRecord['status']>> = {
  pending: 1,
  effective: 2,
  refunding: 3,
  refunded: 4,
  voided: 4,
  rejected: 5,
}

const refundCodes: Readonly<Record<NonNullable<Entry['refundState']>, BillRecord['status']>> = {
  open: 3,
  approved: 4,
  rejected: 5,
  withdrawn: 2,
}

const codeOf = ({ kind, order, refundState }: Entry): BillRecord['status'] => {
  if (order !== null) return orderCodes[statusOf(order)]
  // It is given back when it is decided: nobody reviews it.
  if (kind === 'purchase-refund') return refundCodes.approved
  return refundState === null ? 2 : refundCodes[refundState]
}

/** `date` is that of the record in the configured zone. */
export const shown = (record: BillRecord, date: string): Writable => ({
  order_id: record.order,
  plan_id: record.plan,
  trade_time: date,
  trade_type: record.type,
  status: record.status,
  trade_user: record.user,
  trade_amount: numberOf(amountText(record.amount, record.currency)),
})
