import type { LedgerEvent } from '../../events/envelope.js'
import { fromEvent } from '../ledger/money.js'

export const orderStates = ['pending', 'effective', 'voided'] as const
export const refundOutcomes = ['approved', 'rejected', 'withdrawn'] as const

/** An order's state on the entry that opened it, in minor units. */
export interface OrderEntry {
  /** `voided`: the hold was given up or ran out, the card was not charged, or its money did not stay. */
  readonly state: (typeof orderStates)[number]
  /** What was really taken; 0n while a trade is pending or a card not charged, and after a void. */
  readonly paid: bigint
  readonly refunded: bigint
  /** Under review: their sum and number. */
  readonly open: bigint
  readonly openCount: number
  /** How the refund decided last ended. */
  readonly last: (typeof refundOutcomes)[number] | null
  /** Of a hold: when it runs out, or would have. */
  readonly expiresAt: string | null
}

/** `null`: the event opens no order. */
export const openedOrder = (event: LedgerEvent): OrderEntry | null => {
  switch (event.type) {
    case 'Traded':
    case 'Purchased':
    case 'SubscriptionRenewed':
      return { ...unpaid, state: 'effective', paid: fromEvent(event.data.amount) }
    case 'TradeAuthorized':
      return { ...unpaid, expiresAt: event.data.expiresAt }
    case 'CheckoutStarted':
      return event.data.purpose === 'recharge' ? null : unpaid
    default:
      return null
  }
}

/** One that is opened and not paid. */
export const unpaid: OrderEntry = {
  state: 'pending',
  paid: 0n,
  refunded: 0n,
  open: 0n,
  openCount: 0,
  last: null,
  expiresAt: null,
}

/** The later events of an order; others change nothing. */
export const evolveOrder = (order: OrderEntry, event: LedgerEvent): OrderEntry => {
  switch (event.type) {
    case 'TradeCaptured':
      return { ...order, state: 'effective', paid: fromEvent(event.data.amount) }
    case 'TradeVoided':
    case 'HoldExpired':
    case 'CheckoutFailed':
      return { ...order, state: 'voided' }
    case 'CheckoutPaid':
      // Pending until its money has come.
      return { ...order, paid: fromEvent(event.data.amount) }
    case 'PaymentSettled':
      return { ...order, state: 'effective' }
    case 'PaymentReturned':
      // Of a charge that was voided to give all of it back, nothing more is returned.
      return order.refunded === order.paid ? order : { ...order, state: 'voided', paid: 0n }
    case 'RefundRequested':
    case 'CardRefundRequested':
      return { ...order, open: order.open + fromEvent(event.data.amount), openCount: order.openCount + 1 }
    case 'CardRefunded':
    case 'RefundApproved': {
      const amount = fromEvent(event.data.amount)
      return { ...ended(order, amount, 'approved'), refunded: order.refunded + amount }
    }
    case 'PurchaseRefunded':
    case 'RechargeReversed':
      return { ...order, refunded: order.refunded + fromEvent(event.data.amount) }
    case 'RefundRejected':
      return ended(order, fromEvent(event.data.amount), 'rejected')
    case 'CardRefundFailed':
    case 'RefundWithdrawn':
      return ended(order, fromEvent(event.data.amount), 'withdrawn')
    default:
      return order
  }
}

const ended = (order: OrderEntry, amount: bigint, last: OrderEntry['last']): OrderEntry => ({
  ...order,
  open: order.open - amount,
  openCount: order.openCount - 1,
  last,
})
