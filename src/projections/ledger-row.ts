import type { LedgerEvent } from '../../events/envelope.js'
import type { At, EventOf } from '../follower/projection.js'
import type { AccountFact } from '../ledger/facts.js'
import { fromEvent } from '../ledger/money.js'
import type { BalanceDocument } from './ledger-document.js'
import { evolveOrder, type OrderEntry, openedOrder } from './ledger-order.js'

/** The events that touch an account. */
export type Handled = AccountFact<LedgerEvent> | EventOf<'CouponRedeemed'>

export type EntryKind = (typeof kinds)[Handled['type']]

/** What a person calls an entry, by the event that made it. */
export const kinds = {
  AccountOpened: 'opened',
  Recharged: 'recharge',
  RechargeReversed: 'recharge-reversal',
  Withdrawn: 'withdrawal',
  Traded: 'trade',
  TradeAuthorized: 'authorization',
  TradeCaptured: 'capture',
  TradeVoided: 'void',
  HoldExpired: 'expiry',
  RefundRequested: 'refund-request',
  RefundApproved: 'refund-approval',
  RefundRejected: 'refund-rejection',
  RefundWithdrawn: 'refund-withdrawal',
  CreditLimitChanged: 'credit-limit',
  AccountFrozen: 'freeze',
  AccountUnfrozen: 'unfreeze',
  Adjusted: 'adjustment',
  Purchased: 'purchase',
  SubscriptionRenewed: 'renewal',
  SubscriptionPastDue: 'past-due',
  SubscriptionCancelled: 'subscription-cancellation',
  SubscriptionEnded: 'subscription-end',
  PurchaseRefunded: 'purchase-refund',
  CouponRedeemed: 'coupon',
  SubscriptionOpened: 'subscription-opening',
  UsageReported: 'usage',
  SubscriptionReverted: 'subscription-reversion',
  CheckoutStarted: 'checkout',
  CheckoutPaid: 'card-payment',
  CheckoutFailed: 'checkout-failure',
  ChargeReturned: 'charge-return',
  PaymentSettled: 'settlement',
  PaymentReturned: 'payment-return',
  CardRefundRequested: 'card-refund-request',
  CardRefunded: 'card-refund',
  CardRefundFailed: 'card-refund-failure',
} as const satisfies Record<Handled['type'], string>

export const sides = ['in', 'out', 'none'] as const
export const refundStates = ['open', 'approved', 'rejected', 'withdrawn'] as const

/** One event as one account sees it. Money is in integer minor units of `currency`. */
export interface EntryRow {
  readonly kind: EntryKind
  /** Whose money it is about: `out`, this account's; `in`, this account's to come. `none`: nothing changes hands. */
  readonly side: (typeof sides)[number]
  /** What the event names; the new limit of a `credit-limit`; `null` where it names no money of this currency. */
  readonly amount: bigint | null
  readonly currency: string
  readonly counterparty: string | null
  /** Of this account right after the event. */
  readonly actualAfter: bigint
  readonly heldAfter: bigint
  readonly stateAfter: BalanceDocument['state']
  readonly recordedAt: string
  readonly effectiveDate: string | null
  /** Our id of a recharge, reversal, withdrawal, adjustment or redeemed coupon. */
  readonly transfer: string | null
  readonly orderId: string | null
  /** Of the event that opened the order; on that very entry too. */
  readonly orderLeaf: number | null
  readonly refundId: string | null
  /** Of a recharge that is taken back: the recharge's entry. */
  readonly rechargeLeaf: number | null
  /** Of a purchase with several the first one. */
  readonly plan: string | null
  /** What a person calls the plans of a purchase, all of them. */
  readonly title: string | null
  readonly method: string | null
  /** A reference or a reason, as it was given. */
  readonly reference: string | null
  /** Where the event lies. */
  readonly stream: string
  readonly revision: number
  /** On the entry that opened an order, both parties': its state now. */
  readonly order: OrderEntry | null
  /** On a refund request, both parties': its state now. */
  readonly refundState: (typeof refundStates)[number] | null
  /** On a recharge, by card on the start of its checkout: what was taken back of it until now. */
  readonly reversed: bigint | null
}

/** The entry an event adds to an account. */
export const makeRow = (document: BalanceDocument, event: Handled, at: At): EntryRow => {
  const data: Partial<Particulars> & object = event.data
  const order = openedOrder(event)
  const plans = 'items' in event.data ? event.data.items : null
  return {
    kind: kinds[event.type],
    side: sideOf(event, at.key),
    amount: amountOf(event, document.currency),
    currency: document.currency,
    counterparty: counterpartyOf(event, at.key),
    actualAfter: document.actual,
    heldAfter: document.held,
    stateAfter: document.state,
    recordedAt: event.metadata.recordedAt,
    effectiveDate: event.metadata.effectiveDate ?? null,
    transfer: data.transfer ?? null,
    orderId: data.order ?? data.checkout ?? null,
    orderLeaf: order !== null ? event.leaf : (data.orderLeaf ?? data.checkoutLeaf ?? null),
    refundId: data.refund ?? null,
    rechargeLeaf: data.rechargeLeaf ?? null,
    plan: plans?.[0]?.plan ?? data.plan ?? null,
    title: plans?.map(({ name }) => name).join(', ') || null,
    method: data.method ?? methods[event.type] ?? null,
    reference: data.reference ?? data.reason ?? data.transaction ?? data.serial ?? null,
    stream: event.stream,
    revision: event.revision,
    order,
    refundState: event.type === 'RefundRequested' || event.type === 'CardRefundRequested' ? 'open' : null,
    reversed: isRecharge(event) ? 0n : null,
  }
}

/** Fields that several events share under one name and meaning. */
interface Particulars {
  readonly checkout: string
  readonly checkoutLeaf: number
  readonly transaction: string
  readonly currency: string
  readonly transfer: string
  readonly order: string
  readonly orderLeaf: number
  readonly refund: string
  readonly rechargeLeaf: number
  readonly plan: string
  readonly method: string
  readonly reference: string
  readonly reason: string
  readonly serial: string
}

/** Of events that name none. */
const methods: { readonly [Type in Handled['type']]?: string } = {
  CouponRedeemed: 'coupon',
  CheckoutStarted: 'card',
  CheckoutPaid: 'card',
  PaymentReturned: 'card',
  CardRefundRequested: 'card',
  CardRefunded: 'card',
}

/** One by card is taken back where its checkout was started. */
const isRecharge = ({ type, data }: Handled): boolean =>
  type === 'Recharged' || (type === 'CheckoutStarted' && data.purpose === 'recharge')

const counterpartyOf = ({ data }: Handled, key: string): string | null => {
  if (!('buyer' in data)) return null
  return data.buyer === key ? data.seller : data.buyer
}

/** A charge that was given back may have been in another currency. */
const amountOf = (event: Handled, currency: string): bigint | null => {
  if (event.type === 'CreditLimitChanged') return fromEvent(event.data.creditLimit)
  if (event.type === 'ChargeReturned' && event.data.currency !== currency) return null
  return 'amount' in event.data ? fromEvent(event.data.amount) : null
}

const sideOf = (event: Handled, key: string): EntryRow['side'] => {
  switch (event.type) {
    case 'Recharged':
    case 'CouponRedeemed':
    case 'PurchaseRefunded':
      return 'in'
    case 'RechargeReversed':
    case 'Withdrawn':
    case 'Purchased':
    case 'SubscriptionRenewed':
      return 'out'
    // What is bought is told by the order that the start opens, money for the balance when it comes, and goes.
    case 'CheckoutStarted':
      return event.data.purpose === 'recharge' ? 'none' : 'out'
    case 'CheckoutPaid':
      return event.data.purpose === 'recharge' ? 'in' : 'none'
    case 'PaymentReturned':
      return event.data.purpose === 'recharge' ? 'out' : 'none'
    case 'CardRefundRequested':
    case 'CardRefunded':
      return 'in'
    case 'Adjusted':
      return event.data.direction === 'up' ? 'in' : 'out'
    case 'Traded':
    case 'TradeAuthorized':
    case 'TradeCaptured':
      return key === event.data.buyer ? 'out' : 'in'
    case 'RefundRequested':
    case 'RefundApproved':
    case 'RefundRejected':
    case 'RefundWithdrawn':
      return key === event.data.seller ? 'out' : 'in'
    case 'TradeVoided':
    case 'HoldExpired':
    case 'AccountOpened':
    case 'CreditLimitChanged':
    case 'AccountFrozen':
    case 'AccountUnfrozen':
    case 'SubscriptionPastDue':
    case 'SubscriptionCancelled':
    case 'SubscriptionEnded':
    case 'SubscriptionOpened':
    case 'SubscriptionReverted':
    case 'UsageReported':
    case 'CheckoutFailed':
    case 'ChargeReturned':
    case 'PaymentSettled':
    case 'CardRefundFailed':
      return 'none'
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** What a later event changes on the entry of an order, a refund request or a recharge. */
export const evolveRow = (row: EntryRow, event: Handled): EntryRow => {
  if (row.order !== null) return { ...row, order: evolveOrder(row.order, event) }
  switch (event.type) {
    case 'RefundApproved':
    case 'CardRefunded':
      return { ...row, refundState: 'approved' }
    case 'CardRefundFailed':
    case 'RefundRejected':
      return { ...row, refundState: 'rejected' }
    case 'RefundWithdrawn':
      return { ...row, refundState: 'withdrawn' }
    case 'RechargeReversed':
    case 'PaymentReturned':
      return { ...row, reversed: (row.reversed ?? 0n) + fromEvent(event.data.amount) }
    default:
      return row
  }
}
