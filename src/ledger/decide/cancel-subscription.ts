import { type Decision, facts, refuse } from '../decision.js'
import type { Account, Deciding } from '../state.js'
import { notYours } from './checks.js'
import { namesOf, onSubscription, type SubscriptionInput } from './on-subscription.js'

/** No further period: it ends with the one that is paid, and nothing is given back. */
export const decideCancelSubscription = (
  input: SubscriptionInput,
  account: Account | undefined,
  { actor }: Deciding,
): Decision =>
  notYours(actor, input.account) ??
  onSubscription(input, account, (owner, subscription) => {
    const { state, period } = subscription
    if (period === null)
      return refuse('subscription_free', 'The subscription is on the free plan: there is nothing to cancel.')
    if (state === 'cancelled') return refuse('subscription_cancelled', `It ends on ${period.end} already.`)
    return facts({ type: 'SubscriptionCancelled', data: { ...namesOf(owner, subscription), endsOn: period.end } })
  })
