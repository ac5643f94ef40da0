import type { Fact } from '../../../events/catalogue.js'
import type { DocumentOf } from '../document.js'
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

/** A subscription is over; one of a device goes back to the free plan. */
export const over = (account: Account, subscription: Subscription, { on, reason, free }: Ending): Fact => {
  const names = namesOf(account, subscription)
  if (subscription.device === null || free === undefined) {
    const why = reason === 'returned' ? 'refunded' : reason
    return { type: 'SubscriptionEnded', data: { ...names, endedOn: on, reason: why } }
  }
  return { type: 'SubscriptionReverted', data: { ...names, on, reason, item: planItem(free) } }
}
