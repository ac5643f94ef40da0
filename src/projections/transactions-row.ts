import type { EventOf } from '../follower/projection.js'
import { hexId } from '../ledger/hex-id.js'
import { fromEvent } from '../ledger/money.js'
import type { BoughtPlan, Line, Period } from '../ledger/state.js'
import { evolveOrder, type OrderEntry, openedOrder, unpaid } from './ledger-order.js'

type Opening = EventOf<'CheckoutStarted' | 'Purchased' | 'SubscriptionRenewed'>

/** The events of payments for plans, and of payments by card. */
export type Handled =
  | Opening
  | EventOf<
      | 'CheckoutPaid'
      | 'CheckoutFailed'
      | 'PaymentSettled'
      | 'PaymentReturned'
      | 'CardRefundRequested'
      | 'CardRefunded'
      | 'CardRefundFailed'
      | 'PurchaseRefunded'
      | 'RechargeReversed'
    >

export const purposes = ['purchase', 'renewal', 'recharge'] as const
export const methods = ['balance', 'card'] as const

/** What was paid for. */
export interface PaidPlan extends Pick<BoughtPlan, 'plan' | 'name' | 'subscription'> {
  readonly period?: Pick<Period, 'start' | 'end' | 'zone'>
}

/** A payment by card, or for plans. Money is in integer minor units of `currency`. */
export interface TransactionRow {
  /** 24 hex digits. */
  readonly id: string
  /** Our id of the order or checkout. */
  readonly orderId: string
  readonly purpose: (typeof purposes)[number]
  readonly method: (typeof methods)[number]
  readonly createdAt: string
  readonly modifiedAt: string
  /** `null`: not yet, or never. */
  readonly paidAt: string | null
  readonly currency: string
  /** The sum of the lines, or what a recharge brings. */
  readonly amount: bigint
  readonly plans: readonly PaidPlan[]
  /** As in events. */
  readonly lines: readonly Line[]
  readonly tax: { readonly country: string; readonly rate: string } | null
  /** The gateway's id of the charge; `null`: there is none. */
  readonly transaction: string | null
  /** Why nothing was charged, or the money did not stay. */
  readonly reason: string | null
  /** What was paid and given back. */
  readonly order: OrderEntry
}

export const isOpening = (event: Handled): event is Opening =>
  event.type === 'CheckoutStarted' || event.type === 'Purchased' || event.type === 'SubscriptionRenewed'

/** Our id of what an event opens. */
export const idOf = ({ data }: Opening): string => ('checkout' in data ? data.checkout : data.order)

export const makeRow = (event: Opening): TransactionRow => {
  const { amount, currency, items, lines, tax = null } = event.data
  const { recordedAt } = event.metadata
  const byCard = event.type === 'CheckoutStarted'
  return {
    id: hexId(event.id),
    orderId: idOf(event),
    purpose: purposeOf(event),
    method: byCard ? 'card' : 'balance',
    createdAt: recordedAt,
    modifiedAt: recordedAt,
    paidAt: byCard ? null : recordedAt,
    currency,
    amount: fromEvent(amount),
    plans: items.map(({ plan, name, subscription, period }) => ({
      plan,
      name,
      ...(subscription !== undefined && { subscription }),
      ...(period !== undefined && { period: { start: period.start, end: period.end, zone: period.zone } }),
    })),
    lines,
    tax,
    transaction: null,
    reason: null,
    order: openedOrder(event) ?? unpaid,
  }
}

const purposeOf = (event: Opening): TransactionRow['purpose'] => {
  if (event.type === 'CheckoutStarted') return event.data.purpose
  return event.type === 'Purchased' ? 'purchase' : 'renewal'
}

/** What a later event of the payment changes. */
export const evolveRow = (before: TransactionRow, event: Handled): TransactionRow => {
  const { recordedAt } = event.metadata
  const row = { ...before, modifiedAt: recordedAt, order: evolveOrder(before.order, event) }
  switch (event.type) {
    case 'CheckoutPaid':
      return { ...row, paidAt: recordedAt, transaction: event.data.transaction }
    case 'CheckoutFailed':
      return { ...row, reason: event.data.detail ?? event.data.reason }
    case 'PaymentReturned':
      return { ...row, reason: event.data.reason ?? null }
    default:
      return row
  }
}
