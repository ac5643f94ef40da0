import type { Fact } from '../../../events/catalogue.js'
import { IN_FLIGHT } from '../account.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText, fromEvent } from '../money.js'
import { share } from '../share.js'
import type { Account, Deciding } from '../state.js'
import { latest } from '../time.js'
import { badAmount, minorIn, notAdmin } from './checks.js'
import { namesOf } from './on-subscription.js'

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
}

/**
 * Gives back what was paid, all or a part. When nothing is left of the order that paid for a running period, its subscription ends in the same
 * append: today, or on the period's first day where that is still to come.
 */
export const decideRefundPurchase = (
  input: RefundPurchaseInput,
  { purchase, account }: RefundPurchaseState,
  { actor, id }: Deciding,
): Decision => {
  const refusal = badAmount(input.amount) ?? notAdmin(actor)
  if (refusal) return refusal
  if (!purchase || !account) return refuse('purchase_not_found', 'There is no such purchase.')
  const { currency } = purchase
  const left = fromEvent(purchase.amount) - fromEvent(purchase.refunded)
  const minor = input.amount === undefined ? left : minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  if (minor > left || left === 0n) {
    return refuse('refund_exceeds_order', `Of the purchase ${amountText(left, currency)} ${currency} can be refunded.`)
  }
  const paidFor = account.own.subscriptions.filter(({ order }) => minor === left && order === purchase.id)
  if (paidFor.some(({ leaf }) => leaf === IN_FLIGHT)) return wait
  const ended = paidFor.map(
    (subscription): Fact => ({
      type: 'SubscriptionEnded',
      data: {
        ...namesOf(account, subscription),
        endedOn: latest(input.today, subscription.period?.start ?? input.today),
        reason: 'refunded',
      },
    }),
  )
  const order = { refund: id, order: purchase.id, orderLeaf: purchase.leaf, account: purchase.account }
  const lines = share(purchase.lines, minor, currency)
  const why = input.reason !== undefined && { reason: input.reason }
  const data = { ...order, amount: amountText(minor, currency), currency, lines, ...why }
  return facts(...ended, { type: 'PurchaseRefunded', data })
}
