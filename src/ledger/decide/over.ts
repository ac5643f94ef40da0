import type { Fact } from '../../../events/catalogue.js'
import { IN_FLIGHT } from '../account.js'
import type { DocumentOf } from '../document.js'
import { fromEvent } from '../money.js'
import { planItem } from '../plan-item.js'
import type { Account, Subscription } from '../state.js'
import { namesOf } from './on-subscription.js'

export interface Ending {
  /** The first day without what was paid for. */
  readonly on: string
  readonly reason: 'cancelled' | 'unpaid' | 'refunded' | 'returned'
  /** As it is published now, or was last. */
  readonly free: DocumentOf<'plan'> | undefined
}

/** Those whose running period the order has paid for, also where others came after it. */
export const paidBy = ({ own }: Account, order: string): readonly Subscription[] =>
  own.subscriptions.filter((one) => one.paidBy.some((by) => by.order === order))

/** Finds a purchase by our id. */
export type FindPurchase = (order: string) => DocumentOf<'purchase'> | undefined

/**
 * The order that has paid for the running period and is being given back to its card, all of it. When that has ended, the subscription is over or goes
 * on: until then nothing more is to be paid for it.
 */
export const beingGivenBack = (
  { own }: Account,
  { paidBy }: Subscription,
  purchase: FindPurchase,
): DocumentOf<'purchase'> | undefined => {
  if (!own.charges.some(({ kind }) => kind === 'refund')) return undefined
  const found = paidBy.map(({ order }) => purchase(order))
  return found.find((one) => one !== undefined && one.refunded === one.amount && fromEvent(one.amount) > 0n)
}

/** A subscription is over; one of a device goes back to the free plan. */
export const over = (account: Account, subscription: Subscription, { on, reason, free }: Ending): Fact => {
  const names = namesOf(account, subscription)
  if (subscription.device === null || free === undefined) {
    const why = reason === 'returned' ? 'refunded' : reason
    return { type: 'SubscriptionEnded', data: { ...names, endedOn: on, reason: why } }
  }
  return { type: 'SubscriptionReverted', data: { ...names, on, reason, item: planItem(free) } }
}

export interface Undoing extends Pick<Ending, 'free'> {
  readonly reason: 'refunded' | 'returned'
  /** The date now, in the configured zone. */
  readonly today: string
}

/** What the order pays for is over today; or, as if cancelled, before its period begins, where that is still to come. `null`: one of them is in flight. */
export const undone = (account: Account, order: string, { today, reason, free }: Undoing): readonly Fact[] | null => {
  const paidFor = paidBy(account, order)
  if (paidFor.some(({ leaf }) => leaf === IN_FLIGHT)) return null
  return paidFor.map((one) => {
    const { start } = one.period ?? { start: today }
    if (start <= today) return over(account, one, { on: today, reason, free })
    return { type: 'SubscriptionCancelled', data: { ...namesOf(account, one), endsOn: start } }
  })
}
