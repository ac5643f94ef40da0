import { IN_FLIGHT } from '../account.js'
import { type Decision, refuse, wait } from '../decision.js'
import type { Account, Subscription } from '../state.js'
import { accountNotFound } from './checks.js'

export interface SubscriptionInput {
  readonly account: string
  readonly subscription: string
}

/** Lets the decision on a subscription go on. One that is in flight is waited for: later events name its leaf number. */
export const onSubscription = (
  input: SubscriptionInput,
  account: Account | undefined,
  go: (account: Account, subscription: Subscription) => Decision,
): Decision => {
  if (!account) return accountNotFound(input.account)
  const found = account.own.subscriptions.find(({ id }) => id === input.subscription)
  if (!found) return refuse('subscription_not_found', `The account ${input.account} has no such subscription now.`)
  if (found.locked !== null) return locked
  return found.leaf === IN_FLIGHT ? wait : go(account, found)
}

export const locked = refuse('subscription_locked', 'A card payment for this subscription is under way.')

/** What every later event of a subscription repeats of it. */
export const namesOf = ({ own }: Account, { id, leaf }: Subscription) => ({
  account: own.name,
  subscription: id,
  subscriptionLeaf: leaf,
})
