import { addDays, nextPeriod } from '../calendar.js'
import { type Decision, facts, refuse, refuseRequest } from '../decision.js'
import type { Account, Actor, Deciding, Period, Subscription } from '../state.js'
import { isDate, latest } from '../time.js'
import { forbidden } from './checks.js'
import { debit } from './funds.js'
import { namesOf, onSubscription, type SubscriptionInput } from './on-subscription.js'

export interface RenewInput extends SubscriptionInput {
  /** The first day of the period asked for: the day on which the paid one ends. */
  readonly start: string
  /** The day for which it is asked: periods that begin by then are due. */
  readonly asOf: string
  /** The date now, in the configured zone. */
  readonly today: string
  /** How many days after it was found unpaid (or after `asOf`, where that is later) a period may be paid yet. */
  readonly graceDays: number
}

/** How far ahead of today periods may be charged. */
const MOST_AHEAD = 366

/** `undefined`: a day up to which periods may be charged. */
export const badAsOf = (asOf: string, today: string): Decision | undefined => {
  if (!isDate(asOf)) return refuseRequest('invalid_date', 'The date is no calendar date such as 2026-01-31.')
  return asOf > addDays(today, MOST_AHEAD)
    ? refuseRequest('invalid_date', 'The date lies more than a year ahead.')
    : undefined
}

/**
 * Charges one period, at the price and version that were bought; or says that it could not be paid; or ends what is cancelled, or was not
 * paid within the days of grace. So it may be asked any number of times, however late: a period is charged once.
 */
export const decideRenew = (input: RenewInput, account: Account | undefined, deciding: Deciding): Decision =>
  notScheduler(deciding.actor) ??
  badAsOf(input.asOf, input.today) ??
  onSubscription(input, account, (owner, subscription) => {
    const { state, period, until } = subscription
    if (period === null) return refuse('subscription_free', 'The free plan has no periods.')
    if (input.start !== period.end || input.start > input.asOf) return notDue(period)
    const names = namesOf(owner, subscription)
    if (state === 'cancelled') {
      return facts({ type: 'SubscriptionEnded', data: { ...names, endedOn: period.end, reason: 'cancelled' } })
    }
    if (until !== null && input.asOf > until) {
      return facts({ type: 'SubscriptionEnded', data: { ...names, endedOn: addDays(until, 1), reason: 'unpaid' } })
    }
    const paid = pay(owner, subscription, nextPeriod(period), deciding)
    if (paid.kind !== 'refused' || state === 'past_due') return paid
    const money = { amount: subscription.plan.price, currency: owner.own.currency }
    // Whoever asks for a day that is gone takes no grace away.
    const grace = { due: period.end, until: addDays(latest(input.asOf, input.today), input.graceDays) }
    return facts({ type: 'SubscriptionPastDue', data: { ...names, ...money, ...grace } })
  })

const notScheduler = ({ admin, subject }: Actor): Decision | undefined =>
  admin || subject.startsWith('system:') ? undefined : forbidden('Only the renewal scheduler or an admin may do this.')

const notDue = ({ end }: Period): Decision =>
  refuse('renewal_not_due', `The subscription is paid up to ${end}: the next period begins there.`)

const pay = (account: Account, subscription: Subscription, period: Period, { id, now }: Deciding): Decision => {
  const { plan } = subscription
  const { price } = plan
  const order = { order: id, ...namesOf(account, subscription), amount: price, currency: account.own.currency }
  const items = [{ ...plan, period }]
  const lines = [{ item: 0, plan: plan.plan, kind: 'charge' as const, amount: price }]
  return debit(account, { type: 'SubscriptionRenewed', data: { ...order, items, lines } }, now)
}
