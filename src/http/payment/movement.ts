import { amountText } from '../../ledger/money.js'
import { type OrderStatus, statusOf } from '../../ledger/order.js'
import { numberOf, type Writable } from '../json.js'
import type { Entry } from '../rows.js'

/**
 * The entries by which money moves, or may move, with what a person calls one that says nothing of itself. The others only tell what
 * became of these. So an account has what came in less what went out, of all that are `finish` or `refunding`; what is `pending` has
 * not moved yet, and what is `refunded` counts no more: the order, and what was given back of it. A purchase by card, and what comes back
 * of it to the card, moves no balance: of `payment_method` card only recharges count, which are no purchase and no refund.
 */
const words: { readonly [Kind in Entry['kind']]: string | null } = {
  recharge: 'Recharge',
  'recharge-reversal': 'Recharge reversed',
  withdrawal: 'Payout',
  adjustment: 'Adjustment',
  coupon: 'Coupon',
  trade: 'Trade',
  authorization: 'Trade',
  'refund-approval': 'Refund',
  purchase: 'Purchase',
  renewal: 'Renewal',
  'purchase-refund': 'Refund',
  opened: null,
  capture: null,
  void: null,
  expiry: null,
  'refund-request': null,
  'refund-rejection': null,
  'refund-withdrawal': null,
  'credit-limit': null,
  freeze: null,
  unfreeze: null,
  'past-due': null,
  'subscription-cancellation': null,
  'subscription-end': null,
  checkout: 'Purchase',
  'card-payment': 'Recharge',
  'payment-return': 'Recharge returned',
  'card-refund': 'Refund',
  'checkout-failure': null,
  'charge-return': null,
  settlement: null,
  'card-refund-request': null,
  'card-refund-failure': null,
  'subscription-opening': null,
  'subscription-reversion': null,
  usage: null,
}

export interface Movement extends Entry {
  readonly amount: bigint
}

export const isMovement = (entry: Entry): entry is Movement =>
  words[entry.kind] !== null && entry.amount !== null && !toldElsewhere(entry)

/** A purchase by card is told by its order, money that comes by card when it has come. */
const toldElsewhere = ({ kind, side, order }: Entry): boolean => {
  if (kind === 'checkout') return order === null
  return (kind === 'card-payment' || kind === 'payment-return') && side === 'none'
}

/** Of money that comes back, the entry that opened its order: what became of the whole is known there. */
export const openerOf = ({ kind, orderLeaf }: Entry): number | null =>
  kind === 'refund-approval' || kind === 'purchase-refund' || kind === 'card-refund' ? orderLeaf : null

const statuses: Readonly<Record<OrderStatus, string>> = {
  pending: 'pending',
  effective: 'finish',
  refunding: 'refunding',
  refunded: 'refunded',
  voided: 'refunded',
  rejected: 'finish',
}

/** One movement. `opener`: of a refund, the entry that opened its order. */
export const movementOf = (entry: Movement, opener: Entry | null, timeIn: (instant: string) => string): Writable => ({
  trans_id: String(entry.leaf),
  creation_time: timeIn(entry.recordedAt),
  amount: numberOf(amountText(moved(entry), entry.currency)),
  description: opener === null ? described(entry) : `${words[entry.kind]}: ${described(opener)}`,
  payment_method: methodOf(entry),
  status: statusIn(entry, opener),
  direction: entry.side,
})

/** What was authorised, but once it is captured what was really taken. */
const moved = ({ order, amount }: Movement): bigint => (order?.state === 'effective' ? order.paid : amount)

const described = ({ kind, title, plan, reference, counterparty }: Entry): string => {
  if (kind === 'coupon') return `${words.coupon} ${reference}`
  // Its reference is the gateway's.
  if (kind === 'card-payment' || kind === 'payment-return') return `${words[kind]}`
  const word = counterparty === null ? `${words[kind]}` : `${words[kind]} with ${counterparty}`
  return title ?? plan ?? reference ?? word
}

const methodOf = ({ kind, method }: Entry): string => {
  if (kind === 'coupon') return 'coupon'
  return method === 'card' ? 'card' : 'balance'
}

/** What was given back counts as long as its order does. */
const statusIn = ({ order }: Entry, opener: Entry | null): string => {
  if (order !== null) return statuses[statusOf(order)]
  const status = opener?.order == null ? 'finish' : statuses[statusOf(opener.order)]
  return status === 'refunding' ? 'finish' : status
}
