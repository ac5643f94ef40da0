import type { Projection } from '../follower/projection.js'
import type { RowKey } from '../views/port.js'
import { type BalanceDocument, documentCodec, evolveDocument } from './ledger-document.js'
import { type EntryKind, type EntryRow, evolveRow, type Handled, makeRow } from './ledger-row.js'
import { rowCodec } from './ledger-row-codec.js'

export type { BalanceDocument, EntryKind, EntryRow }

/** The parties of an event: the account in whose stream it lies, and the one it names. */
const keys = ({ data }: Handled): readonly string[] => {
  if ('buyer' in data) return [data.buyer, data.seller]
  return 'owner' in data ? [data.owner] : [data.account]
}

/** The entries that opened the order, and those of the refund request, at both parties; the entry of a recharge. */
const rowKeys = ({ data }: Handled): readonly RowKey[] => {
  if ('checkoutLeaf' in data) return [{ key: data.account, leaf: data.checkoutLeaf }]
  if ('rechargeLeaf' in data) return [{ key: data.account, leaf: data.rechargeLeaf }]
  if (!('orderLeaf' in data)) return []
  if (!('buyer' in data)) {
    const own = [{ key: data.account, leaf: data.orderLeaf }]
    return 'refundLeaf' in data ? [...own, { key: data.account, leaf: data.refundLeaf }] : own
  }
  const { buyer, seller, orderLeaf } = data
  const order = [
    { key: buyer, leaf: orderLeaf },
    { key: seller, leaf: orderLeaf },
  ]
  if (!('refundLeaf' in data)) return order
  return [...order, { key: buyer, leaf: data.refundLeaf }, { key: seller, leaf: data.refundLeaf }]
}

/** Accounts and their entries: the views `balances` and `amounts`. */
export const ledger: Projection<BalanceDocument, EntryRow, Handled> = {
  name: 'ledger',
  version: 4,
  documents: 'balances',
  rows: 'amounts',
  handles: [
    'AccountOpened',
    'Recharged',
    'RechargeReversed',
    'Withdrawn',
    'Traded',
    'TradeAuthorized',
    'TradeCaptured',
    'TradeVoided',
    'HoldExpired',
    'RefundRequested',
    'RefundApproved',
    'RefundRejected',
    'RefundWithdrawn',
    'CreditLimitChanged',
    'AccountFrozen',
    'AccountUnfrozen',
    'Adjusted',
    'Purchased',
    'SubscriptionRenewed',
    'SubscriptionPastDue',
    'SubscriptionCancelled',
    'SubscriptionEnded',
    'PurchaseRefunded',
    'CouponRedeemed',
    'SubscriptionOpened',
    'UsageReported',
    'SubscriptionReverted',
    'CheckoutStarted',
    'CheckoutPaid',
    'CheckoutFailed',
    'ChargeReturned',
    'PaymentSettled',
    'PaymentReturned',
    'CardRefundRequested',
    'CardRefunded',
    'CardRefundFailed',
  ],
  indexes: [],
  keys,
  evolve: evolveDocument,
  row: makeRow,
  rowKeys,
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
