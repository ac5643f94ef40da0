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

/** A subscription is over; one of a device goes back to the free plan. */
export const over = (account: Account, subscription: Subscription, { on, reason, free }: Ending): Fact => {
  const names = namesOf(account, subscription)
  if (subscription.device === null || free === undefined) {
    const why = reason === 'returned' ? 'refunded' : reason
    return { type: 'SubscriptionEnded', data: { ...names, endedOn: on, reason: why } }
  }
  return { type: 'SubscriptionReverted', data: { ...names, on, reason, item: planItem(free) } }
}
