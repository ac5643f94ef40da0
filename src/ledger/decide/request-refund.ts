import { type Decision, facts, type Refused, refuse, repeat } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText } from '../money.js'
import { orderStatus } from '../order.js'
import { type Actor, type Deciding, MAX_OPEN_REFUNDS, type Order, type Recharge, type Refund } from '../state.js'
import { badAmount, minorIn } from './checks.js'
import { onOrder, partiesOf, refundNotFound } from './on-order.js'

export interface RequestRefundInput {
  /** Left out: all that is neither refunded nor under review. */
  readonly amount?: string
  readonly reason?: string
  readonly account?: string
  /** Each request is a new one, and an admin may ask again after a rejection. Else a request under review is repeated. */
  readonly again: boolean
}

export interface RefundState {
  readonly order: Order | undefined
  /** By id, in flight included. */
  refund(id: string): Refund | undefined
}

/** What an order may be besides a trade. */
export interface RequestRefundState extends RefundState {
  readonly purchase: DocumentOf<'purchase'> | undefined
}

/** A forced debit: the seller's money is held at once, even below zero. */
export const decideRequestRefund = (
  input: RequestRefundInput,
  state: RequestRefundState,
  deciding: Deciding,
): Decision =>
  badAmount(input.amount) ??
  ofPurchase(input, state.purchase, deciding) ??
  onOrder(state.order, { actor: deciding.actor, account: input.account, roles: ['buyer'] }, (order) =>
    request(input, order, state, deciding),
  )

/** A recharge is no order. `undefined`: the reference names none, or none that the actor may know of. */
export const refundOfRecharge = (
  input: Pick<RequestRefundInput, 'account'>,
  recharge: Recharge | undefined,
  actor: Actor,
): Refused | undefined =>
  recharge && mayKnow(recharge, input, actor)
    ? refuse('order_not_refundable', 'This is a recharge: it is not refunded, but an admin may take it back.')
    : undefined

const ofPurchase = (
  input: RequestRefundInput,
  purchase: DocumentOf<'purchase'> | undefined,
  { actor }: Deciding,
): Decision | undefined =>
  purchase && mayKnow(purchase, input, actor)
    ? refuse('order_is_purchase', 'This is a purchase: an admin may refund it, and its subscription may be cancelled.')
    : undefined

/** Only its owner, or an admin, learns what it is. */
const mayKnow = (
  owned: { readonly account: string },
  { account }: Pick<RequestRefundInput, 'account'>,
  actor: Actor,
): boolean => (account === undefined || account === owned.account) && (actor.admin || actor.acts(owned.account))

const request = (input: RequestRefundInput, order: Order, state: RefundState, deciding: Deciding): Decision => {
  const { currency } = order.facts
  const asked = input.amount === undefined ? undefined : minorIn(input.amount, currency)
  if (typeof asked === 'object') return asked
  const earlier = underReview(input, order, state) ?? notRefundable(input, order, deciding)
  if (earlier) return earlier
  const left = refundable(order)
  const minor = asked ?? left
  if (minor > left || left === 0n) {
    return refuse('refund_exceeds_order', `Of the order ${amountText(left, currency)} ${currency} can be refunded.`)
  }
  if (order.refunds.open.length >= MAX_OPEN_REFUNDS) {
    return refuse('too_many_refunds', `The order has ${MAX_OPEN_REFUNDS} refunds under review; that is the most.`)
  }
  const money = { amount: amountText(minor, currency), currency }
  const why = input.reason !== undefined && { reason: input.reason }
  return facts({ type: 'RefundRequested', data: { refund: deciding.id, ...partiesOf(order.facts), ...money, ...why } })
}

/** Never falls through to a second request, not even where the first cannot be found. */
const underReview = (input: RequestRefundInput, order: Order, state: RefundState): Decision | undefined => {
  const open = order.refunds.open[0]
  if (!open || input.again) return undefined
  const first = state.refund(open.refund)
  return first ? repeat(first.requestedAt, first.leaf) : refundNotFound
}

const notRefundable = (input: RequestRefundInput, order: Order, { actor }: Deciding): Decision | undefined => {
  const { payment } = order
  if (payment.state === 'pending') return refuse('order_not_effective', 'The order is pending: void it instead.')
  if (payment.state !== 'effective') {
    return refuse('order_not_refundable', `The order is ${payment.state}: nothing was paid.`)
  }
  return orderStatus(order) === 'rejected' && !(input.again && actor.admin)
    ? refuse('refund_rejected', 'The last refund of this order was rejected; only an admin may request again.')
    : undefined
}

/** What is paid, less what is refunded or under review: refunds not rejected never sum past the order. */
const refundable = ({ payment, refunds }: Order): bigint =>
  refunds.open.reduce((left, open) => left - open.amount, payment.paid - refunds.refunded)
