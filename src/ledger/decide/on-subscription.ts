import { IN_FLIGHT } from '../account.js'
import { type Decision, refuse, wait } from '../decision.js'
import type { Account, Subscription } from '../state.js'
import { subscriptionOf } from '../subscription.js'
import { accountNotFound } from './checks.js'

export interface SubscriptionInput {
  readonly account: string
  /** Our id, or the 24 hex digits that the subscriptions API shows. */
  readonly subscription: string
}

type Go = (account: Account, subscription: Subscription) => Decision

/** Lets the decision on a subscription go on, where no card payment for it is under way. */
export const onSubscription = (input: SubscriptionInput, account: Account | undefined, go: Go): Decision =>
  onAnySubscription(input, account, (owner, found) => (found.locked === null ? go(owner, found) : locked))

/** One that is in flight is waited for: later events name its leaf number. */
export const onAnySubscription = (input: SubscriptionInput, account: Account | undefined, go: Go): Decision => {
  if (!account) return accountNotFound(input.account)
  const found = subscriptionOf(account.own, input.subscription)
  if (!found) return refuse('subscription_not_found', `The account ${input.account} has no such subscription now.`)
  return found.leaf === IN_FLIGHT ? wait : go(account, found)
}

export const locked = refuse('subscription_locked', 'A card payment for this subscription is under way.')

/** What every later event of a subscription repeats of it. */
export const namesOf = ({ own }: Account, { id, leaf }: Subscription) => ({
  account: own.name,
  subscription: id,
  subscriptionLeaf: leaf,
})
