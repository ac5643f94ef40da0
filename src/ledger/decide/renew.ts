import type { DataOf } from '../../../events/catalogue.js'
import { type Bill, billOf } from '../bill.js'
import { addDays } from '../calendar.js'
import { type Decision, facts, refuse, refuseRequest } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { fromEvent } from '../money.js'
import type { Account, Actor, Deciding, Period, Subscription } from '../state.js'
import { type TaxTable, taxOn } from '../tax.js'
import { isDate, latest } from '../time.js'
import { forbidden } from './checks.js'
import { debit, frozen, tooManyCharges } from './funds.js'
import { namesOf, onSubscription, type SubscriptionInput } from './on-subscription.js'
import { beingGivenBack, type FindPurchase, over } from './over.js'

export interface RenewInput extends SubscriptionInput {
  /** The first day of the period asked for: the day on which the paid one ends. */
  readonly start: string
  /** The day for which it is asked: periods that begin by then are due. */
  readonly asOf: string
  /** The date now, in the configured zone. */
  readonly today: string
  /** How many days after it was found unpaid (or after `asOf`, where that is later) a period may be paid yet. */
  readonly graceDays: number
  /** So many days after it was found unpaid the card is tried again. */
  readonly retryDays: readonly number[]
  readonly taxes: TaxTable
}

export interface RenewState {
  readonly account: Account | undefined
  readonly free: DocumentOf<'plan'> | undefined
  readonly customer: Pick<DocumentOf<'customer'>, 'taxCountry'> | undefined
  readonly purchase: FindPurchase
}

/** `undefined`: a day up to which periods may be charged. */
export const badAsOf = (asOf: string, today: string): Decision | undefined => {
  if (!isDate(asOf)) return refuseRequest('invalid_date', 'The date is no calendar date such as 2026-01-31.')
  return asOf > addDays(today, MOST_AHEAD)
    ? refuseRequest('invalid_date', 'The date lies more than a year ahead.')
    : undefined
}

/** How far ahead of today periods may be charged. */
const MOST_AHEAD = 366

/**
 * Charges one period, at the price and version that were bought; or says that it could not be paid; or ends what is cancelled, or was not
 * paid within the days of grace. So it may be asked any number of times, however late: a period is charged once. By card it only says that
 * the card is about to be charged. What has paid for the period that is over may be on its way back to the card: then it waits.
 */
export const decideRenew = (input: RenewInput, state: RenewState, deciding: Deciding): Decision =>
  notScheduler(deciding.actor) ??
  badAsOf(input.asOf, input.today) ??
  onSubscription(input, state.account, (owner, subscription) => {
    const { period, until, next } = subscription
    if (period === null) return refuse('subscription_free', 'The free plan has no periods.')
    if (input.start !== period.end || input.start > input.asOf) return notDue(period)
    const free = next !== null && next.plan === state.free?.data.plan && next.addons === undefined
    if (subscription.state === 'cancelled' || free) {
      return facts(over(owner, subscription, { on: period.end, reason: 'cancelled', free: state.free }))
    }
    const refunding = beingGivenBack(owner, subscription, state.purchase)
    if (refunding) return underRefund(refunding)
    if (until !== null && input.asOf > until) {
      return facts(over(owner, subscription, { on: addDays(until, 1), reason: 'unpaid', free: state.free }))
    }
    const { currency } = owner.own
    const tax = taxOn(input.taxes, state.customer?.taxCountry ?? undefined, period.end)
    const bill = billOf({ ...subscription, period }, tax, currency)
    const taxed = tax !== null && { tax }
    return charge({ input, owner, subscription, deciding, bill, period, taxed })
  })

const notScheduler = ({ admin, subject }: Actor): Decision | undefined =>
  admin || subject.startsWith('system:') ? undefined : forbidden('Only the renewal scheduler or an admin may do this.')

const notDue = ({ end }: Period): Decision =>
  refuse('renewal_not_due', `The subscription is paid up to ${end}: the next period begins there.`)

const underRefund = ({ id }: DocumentOf<'purchase'>): Decision =>
  refuse(
    'card_refund_under_way',
    `All that was paid with the order ${id} is being given back to its card: the plan is renewed, or is over, when that refund has ended.`,
  )

interface Due {
  readonly input: RenewInput
  readonly owner: Account
  readonly subscription: Subscription
  readonly deciding: Deciding
  readonly bill: Bill
  /** The one that is over. */
  readonly period: Period
  readonly taxed: false | Pick<DataOf<'SubscriptionRenewed'>, 'tax'>
}

const charge = (due: Due): Decision => {
  const { input, owner, subscription, bill, period } = due
  const byCard = subscription.pays !== 'balance' && owner.own.card !== null && fromEvent(bill.amount) > 0n
  if (byCard && !isTryDay(subscription, input)) {
    return refuse('renewal_not_due', 'The card has been tried, and is tried again on another day.')
  }
  const paid = byCard ? fromCard(due) : fromBalance(due)
  if (paid.kind !== 'refused' || subscription.state === 'past_due') return paid
  const money = { amount: bill.amount, currency: owner.own.currency }
  const grace = { due: period.end, until: lastOfGrace(input) }
  return facts({ type: 'SubscriptionPastDue', data: { ...namesOf(owner, subscription), ...money, ...grace } })
}

/** Whoever asks for a day that is gone takes no grace away. */
export const lastOfGrace = ({ asOf, today, graceDays }: Pick<RenewInput, 'asOf' | 'today' | 'graceDays'>): string =>
  addDays(latest(asOf, today), graceDays)

/** The first time at once; then on the days of the schedule, one that was missed on the next day that is asked for, and all that were missed once. */
const isTryDay = ({ until, triedOn }: Subscription, { asOf, graceDays, retryDays }: RenewInput): boolean => {
  if (until === null) return true
  const since = addDays(until, -graceDays)
  return retryDays.some((days) => {
    const day = addDays(since, days)
    return day <= asOf && day > (triedOn ?? since)
  })
}

const fromBalance = ({ owner, subscription, deciding, bill, taxed }: Due): Decision => {
  const { amount, item, lines } = bill
  const order = { order: deciding.id, ...namesOf(owner, subscription), amount, currency: owner.own.currency }
  const data = { ...order, items: [item], lines, ...taxed }
  return debit(owner, { type: 'SubscriptionRenewed', data }, deciding.now)
}

const fromCard = ({ owner, input, deciding, bill, taxed }: Due): Decision => {
  const refusal = frozen(owner) ?? tooManyCharges(owner)
  if (refusal) return refusal
  const { own } = owner
  const { amount, item, lines } = bill
  const checkout = { checkout: deciding.id, account: own.name, purpose: 'renewal' as const }
  const how = { means: 'stored' as const, triedOn: input.asOf }
  const data = { ...checkout, amount, currency: own.currency, items: [item], lines, ...taxed, ...how }
  return facts({ type: 'CheckoutStarted', data })
}
