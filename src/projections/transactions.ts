import type { At, Codec, Projection } from '../follower/projection.js'
import { hexId } from '../ledger/hex-id.js'
import type { RowKey } from '../views/port.js'
import { integer } from './body.js'
import { rowCodec } from './transactions-codec.js'
import { evolveRow, type Handled, idOf, isOpening, makeRow, type TransactionRow } from './transactions-row.js'

export type { TransactionRow }

/** Under an account's name: how many payments it has made. */
export interface PaymentCount {
  readonly kind: 'count'
  readonly payments: number
}

/** Where a payment is: in the row of its account with this leaf number. */
export interface PaymentPlace {
  readonly kind: 'place'
  readonly leaf: number
}

export type PaymentDocument = PaymentCount | PaymentPlace

/** The key of the place of an account's payment, by its 24 hex digits or by our id. No name has a slash. */
export const placeKey = (account: string, id: string): string => `${account}/${id}`

const keys = (event: Handled): readonly string[] => {
  if (!isOpening(event)) return []
  const { account } = event.data
  return [account, placeKey(account, hexId(event.id)), placeKey(account, idOf(event))]
}

const evolve = (before: PaymentDocument | undefined, _: Handled, { key, leaf }: At): PaymentDocument => {
  if (key.includes('/')) return { kind: 'place', leaf }
  return { kind: 'count', payments: before?.kind === 'count' ? before.payments + 1 : 1 }
}

const row = (_: PaymentDocument, event: Handled, { key }: At): TransactionRow | undefined =>
  isOpening(event) && key === event.data.account ? makeRow(event) : undefined

/** The event that opened the payment. A recharge that was no payment by card has no row. */
const rowKeys = ({ data }: Handled): readonly RowKey[] => {
  if ('checkoutLeaf' in data) return [{ key: data.account, leaf: data.checkoutLeaf }]
  if ('rechargeLeaf' in data) return [{ key: data.account, leaf: data.rechargeLeaf }]
  return 'orderLeaf' in data ? [{ key: data.account, leaf: data.orderLeaf }] : []
}

const documentCodec: Codec<PaymentDocument> = {
  encode: (document) =>
    document.kind === 'place' ? { kind: 'place', leaf: document.leaf } : { kind: 'count', payments: document.payments },
  decode: (body) =>
    body.kind === 'place'
      ? { kind: 'place', leaf: integer(body, 'leaf') }
      : { kind: 'count', payments: integer(body, 'payments') },
}

/** The view `transactions`: payments by card, and for plans, of each account. */
export const transactions: Projection<PaymentDocument, TransactionRow, Handled> = {
  name: 'transactions',
  version: 2,
  documents: 'payers',
  rows: 'transactions',
  handles: [
    'CheckoutStarted',
    'Purchased',
    'SubscriptionRenewed',
    'CheckoutPaid',
    'CheckoutFailed',
    'PaymentSettled',
    'PaymentReturned',
    'CardRefundRequested',
    'CardRefunded',
    'CardRefundFailed',
    'PurchaseRefunded',
    'RechargeReversed',
  ],
  indexes: [],
  keys,
  evolve,
  row,
  rowKeys,
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
