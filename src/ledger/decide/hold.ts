import { IN_FLIGHT } from '../account.js'
import { type Decision, facts, refuse, repeat, wait } from '../decision.js'
import { amountText } from '../money.js'
import type { Deciding, Order, OrderPayment } from '../state.js'
import { badAmount, forbidden, minorIn } from './checks.js'
import { onOrder, orderNotFound, partiesOf } from './on-order.js'

export interface CaptureInput {
  /** Left out: the whole. */
  readonly amount?: string
  readonly account?: string
}

/** A capture of a part releases the rest in the same event. It is repeated by the same amount alone: without one the whole is meant. */
export const decideCapture = (input: CaptureInput, order: Order | undefined, deciding: Deciding): Decision =>
  badAmount(input.amount) ??
  onOrder(order, { actor: deciding.actor, account: input.account, roles: ['seller'] }, (found) =>
    capture(input.amount, found, deciding.now),
  )

const capture = (text: string | undefined, { facts: order, payment }: Order, now: string): Decision => {
  const { currency } = order
  const asked = text === undefined ? undefined : minorIn(text, currency)
  if (typeof asked === 'object') return asked
  const taken = asked ?? order.amount
  if (wasCaptured(payment) && taken === payment.paid) return repeat(payment.decidedAt, payment.decidedLeaf)
  if (ranOut(payment, now)) return refuse('hold_expired', 'The hold has run out; its money went back to the buyer.')
  if (payment.state !== 'pending') return notPending(payment)
  if (taken > order.amount) {
    return refuse('capture_exceeds_hold', `The hold is ${amountText(order.amount, currency)} ${currency}.`)
  }
  const money = { amount: amountText(taken, currency), currency, released: amountText(order.amount - taken, currency) }
  return facts({ type: 'TradeCaptured', data: { ...partiesOf(order), ...money } })
}

/** A plain trade never had a hold. */
const wasCaptured = ({ state, expiresAt }: OrderPayment): boolean => state === 'effective' && expiresAt !== null

/** The expiry counts, even before `HoldExpired` is written. */
const ranOut = ({ state, expiresAt }: OrderPayment, now: string): boolean =>
  state === 'expired' || (state === 'pending' && expiresAt !== null && expiresAt <= now)

const notPending = ({ state }: OrderPayment): Decision =>
  refuse('order_not_pending', `The order is ${state}, not pending.`)

export interface VoidInput {
  readonly account?: string
}

export const decideVoid = (input: VoidInput, order: Order | undefined, { actor }: Deciding): Decision =>
  onOrder(order, { actor, account: input.account, roles: ['buyer', 'seller'] }, ({ facts: order, payment }) => {
    if (payment.state === 'voided') return repeat(payment.decidedAt, payment.decidedLeaf)
    if (payment.state !== 'pending') return notPending(payment)
    return facts({ type: 'TradeVoided', data: released(order) })
  })

/** The hold sweeper's alone. */
export const decideExpire = (order: Order | undefined, { actor, now }: Deciding): Decision => {
  if (!actor.subject.startsWith('system:')) return forbidden('Only the hold sweeper may do this.')
  if (!order) return orderNotFound
  if (order.facts.leaf === IN_FLIGHT) return wait
  const { payment } = order
  if (payment.state === 'expired') return repeat(payment.decidedAt, payment.decidedLeaf)
  if (payment.state !== 'pending') return notPending(payment)
  if (!ranOut(payment, now)) return refuse('hold_not_expired', 'The hold has not run out yet.')
  return facts({ type: 'HoldExpired', data: released(order.facts) })
}

const released = (order: Order['facts']) => ({
  ...partiesOf(order),
  amount: amountText(order.amount, order.currency),
  currency: order.currency,
})
