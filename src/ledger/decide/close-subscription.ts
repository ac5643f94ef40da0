import { type Decision, facts, refuse } from '../decision.js'
import type { Account, Deciding } from '../state.js'
import { notYours } from './checks.js'
import { namesOf, onSubscription, type SubscriptionInput } from './on-subscription.js'

export interface CloseSubscriptionInput extends SubscriptionInput {
  /** The date now, in the configured zone. */
  readonly today: string
}

/** A device is taken away. What is paid for is cancelled first, and runs to its end. */
export const decideCloseSubscription = (
  { today, ...input }: CloseSubscriptionInput,
  account: Account | undefined,
  { actor }: Deciding,
): Decision =>
  notYours(actor, input.account) ??
  onSubscription(input, account, (owner, subscription) => {
    const { period } = subscription
    if (period !== null) return refuse('subscription_not_free', `The subscription is paid up to ${period.end}.`)
    const data = { ...namesOf(owner, subscription), endedOn: today, reason: 'cancelled' as const }
    return facts({ type: 'SubscriptionEnded', data })
  })
