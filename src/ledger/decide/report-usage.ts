import { type Decision, facts, refuseRequest } from '../decision.js'
import { type Quotas, quotaNames, sumOf } from '../quotas.js'
import type { Account, Deciding } from '../state.js'
import { withoutScope } from './checks.js'
import { badQuotas } from './complete-item.js'
import { namesOf, onAnySubscription, type SubscriptionInput } from './on-subscription.js'

export interface ReportUsageInput extends SubscriptionInput {
  /** Since the last report, decimals as they were written. */
  readonly used: Quotas
  readonly reference?: string
  /** The date now, in the configured zone. */
  readonly today: string
}

/**
 * Says what a device has used. An owner says nothing of the kind: whoever measures it does, with the scope `usage`. A card payment that is under
 * way for the subscription is no reason to wait.
 */
export const decideReportUsage = (
  { account: name, used, reference, today, ...input }: ReportUsageInput,
  account: Account | undefined,
  { actor }: Deciding,
): Decision =>
  badQuotas(used, 'The usage') ??
  nothingUsed(used) ??
  withoutScope(actor, name, 'usage') ??
  onAnySubscription({ account: name, ...input }, account, (owner, subscription) => {
    const from = reference !== undefined && { reference }
    const data = { ...namesOf(owner, subscription), on: today, used: shortest(used), ...from }
    return facts({ type: 'UsageReported', data })
  })

const nothingUsed = (used: Quotas): Decision | undefined =>
  quotaNames.some((name) => used[name] !== undefined)
    ? undefined
    : refuseRequest('invalid_amount', 'A report says of one thing at least how much was used.')

/** What was named, and no more. */
const shortest = (used: Quotas): Quotas => {
  const all = sumOf(used)
  return Object.fromEntries(quotaNames.filter((name) => used[name] !== undefined).map((name) => [name, all[name]]))
}
