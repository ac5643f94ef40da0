import type { DataOf } from '../../../events/catalogue.js'
import { type Decision, facts, refuse } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { fromEvent } from '../money.js'
import { planItem } from '../plan-item.js'
import { type Account, type Deciding, MAX_SUBSCRIPTIONS } from '../state.js'
import { accountNotFound, notYours } from './checks.js'

export interface OpenSubscriptionInput {
  readonly account: string
  readonly device: string
  /** What the owner calls it, under the key of the person. */
  readonly deviceName?: DataOf<'SubscriptionOpened'>['deviceName']
  /** How often the person had been erased when the name was sealed. */
  readonly erasures?: number
}

export interface OpenSubscriptionState {
  readonly account: Account | undefined
  readonly free: DocumentOf<'plan'> | undefined
  readonly customer: Pick<DocumentOf<'customer'>, 'erasures'> | undefined
}

/** A device begins on the free plan. One has one subscription at a time. */
export const decideOpenSubscription = (
  { account: name, device, deviceName, erasures = 0 }: OpenSubscriptionInput,
  { account, free, customer }: OpenSubscriptionState,
  { actor, id }: Deciding,
): Decision => {
  const refusal = notYours(actor, name)
  if (refusal) return refusal
  if (!account) return accountNotFound(name)
  if (free === undefined || free.retired || fromEvent(free.data.price) > 0n) {
    return refuse('free_plan_missing', 'No plan that costs nothing is published to begin with.')
  }
  const { subscriptions } = account.own
  if (subscriptions.some((one) => one.device === device)) {
    return refuse('device_has_subscription', `The device ${device} has a subscription already.`)
  }
  if (subscriptions.length >= MAX_SUBSCRIPTIONS) {
    return refuse('too_many_subscriptions', `The account has ${MAX_SUBSCRIPTIONS} subscriptions; that is the most.`)
  }
  if (deviceName !== undefined && customer !== undefined && erasures < customer.erasures) {
    return refuse('person_erased', `The person of ${name} has just been erased.`)
  }
  const named = deviceName !== undefined && { deviceName }
  const data = { subscription: id, account: name, device, ...named, item: planItem(free) }
  return facts({ type: 'SubscriptionOpened', data })
}
