import type { Fact } from '../../../events/catalogue.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText, fromEvent } from '../money.js'
import { share } from '../share.js'
import { type Account, type Deciding, MAX_CHARGES } from '../state.js'
import { badAmount, minorIn, notAdmin } from './checks.js'
import { locked } from './on-subscription.js'
import { paidBy, undone } from './over.js'

export interface RefundPurchaseInput {
  /** Left out: all that was not given back. */
  readonly amount?: string
  readonly reason?: string
  /** The date now, in the configured zone. */
  readonly today: string
}

export interface RefundPurchaseState {
  readonly purchase: DocumentOf<'purchase'> | undefined
  /** Its owner. */
  readonly account: Account | undefined
  readonly free: DocumentOf<'plan'> | undefined
}

/**
 * Gives back what was paid, all or a part; to a card in two steps: asked for here, done when the gateway says so. To the balance it is done at once, and
 * when nothing is left of an order that paid for a running period, its subscription is over in the same append: today, or on the period's first day
 * where that is still to come.
 */
export const decideRefundPurchase = (
  input: RefundPurchaseInput,
  state: RefundPurchaseState,
  { actor, id }: Deciding,
): Decision => {
  const refusal = badAmount(input.amount) ?? notAdmin(actor)
  if (refusal) return refusal
  const { purchase, account } = state
  if (!purchase || !account) return refuse('purchase_not_found', 'There is no such purchase.')
  const { currency, transaction } = purchase
  const left = fromEvent(purchase.amount) - fromEvent(purchase.refunded)
  const minor = input.amount === undefined ? left : minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  if (minor > left || left === 0n) {
    return refuse('refund_exceeds_order', `Of the purchase ${amountText(left, currency)} ${currency} can be refunded.`)
  }
  const order = { refund: id, order: purchase.id, orderLeaf: purchase.leaf, account: purchase.account }
  const lines = share(purchase.lines, minor, currency)
  const why = input.reason !== undefined && { reason: input.reason }
  const data = { ...order, amount: amountText(minor, currency), currency, lines, ...why }
  const paidFor = paidBy(account, purchase.id)
  if (paidFor.some((one) => one.locked !== null)) return locked
  if (transaction !== null) return toCard(account, { type: 'CardRefundRequested', data: { ...data, transaction } })
  const undoing = { today: input.today, reason: 'refunded', free: state.free } as const
  const ended = minor === left ? undone(account, purchase.id, undoing) : []
  if (ended === null) return wait
  return facts(...ended, { type: 'PurchaseRefunded', data })
}

const toCard = ({ own }: Account, fact: Extract<Fact, { type: 'CardRefundRequested' }>): Decision =>
  own.charges.length < MAX_CHARGES
    ? facts(fact)
    : refuse('too_many_charges', `The account ${own.name} has ${MAX_CHARGES} card payments and refunds under way.`)
