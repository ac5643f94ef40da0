import type { AccountFact } from './facts.js'
import { hexId } from './hex-id.js'
import type { BoughtPlan, OwnAccount, Subscription } from './state.js'

type Changing = Extract<
  AccountFact,
  {
    type: 'Purchased' | 'SubscriptionRenewed' | 'SubscriptionPastDue' | 'SubscriptionCancelled' | 'SubscriptionEnded'
  }
>

/** Folds the subscriptions of an account. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveSubscriptions = (
  before: readonly Subscription[],
  event: Changing,
  leaf: number,
): readonly Subscription[] => {
  switch (event.type) {
    case 'Purchased':
      return [...before, ...event.data.items.flatMap((plan) => begun(plan, event.data.order, leaf))]
    case 'SubscriptionRenewed': {
      const { order, items } = event.data
      return change(before, event.data.subscription, (one) => ({
        ...one,
        ...items.flatMap((plan) => begun(plan, order, one.leaf)).at(0),
      }))
    }
    case 'SubscriptionPastDue':
      return change(before, event.data.subscription, (one) => ({ ...one, state: 'past_due', until: event.data.until }))
    case 'SubscriptionCancelled':
      return change(before, event.data.subscription, (one) => ({ ...one, state: 'cancelled', until: null }))
    case 'SubscriptionEnded':
      return before.filter(({ id }) => id !== event.data.subscription)
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** Nothing where the plan is not renewed. */
const begun = (plan: BoughtPlan, order: string, leaf: number): readonly Subscription[] =>
  plan.subscription === undefined || plan.period === undefined
    ? []
    : [{ id: plan.subscription, leaf, plan, period: plan.period, order, state: 'active', until: null }]

const change = (all: readonly Subscription[], id: string, to: (one: Subscription) => Subscription) =>
  all.map((one) => (one.id === id ? to(one) : one))

/** Its id in the subscriptions API. */
export const hexOf = ({ id }: Subscription): string => hexId(id)

/** One of an account's, by our id or by the one that the subscriptions API shows. */
export const subscriptionOf = ({ subscriptions }: OwnAccount, name: string): Subscription | undefined =>
  subscriptions.find((one) => one.id === name || hexOf(one) === name)
