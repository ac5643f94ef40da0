import type { DataOf, Fact } from '../../../events/catalogue.js'
import type { Checkout } from '../checkout-document.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { amountText, fromEvent } from '../money.js'
import type { Account, Actor, Deciding } from '../state.js'
import { type FindRefund, underWay } from './card-refund.js'
import { forbidden, minorIn } from './checks.js'
import { locked, namesOf } from './on-subscription.js'
import { paidBy, undone } from './over.js'
import { lastOfGrace } from './renew.js'

/** What became of a checkout, as the gateway says: commands of our own, which no client asks for. */
export interface CheckoutOutcome {
  readonly account: string
  /** Of the event that started the checkout, which is committed. */
  readonly checkoutLeaf: number
}

export interface PaidInput extends CheckoutOutcome {
  readonly transaction: string
  /** Under this id the card lies in the store of secrets. */
  readonly card?: string
}

export interface FailedInput extends CheckoutOutcome {
  readonly reason: DataOf<'CheckoutFailed'>['reason']
  readonly detail?: string
  /** The date now, in the configured zone. */
  readonly today: string
  /** How many days after it was found unpaid a period may be paid yet. */
  readonly graceDays: number
}

export interface ReturnedInput extends CheckoutOutcome {
  readonly reason?: string
  /** The date now, in the configured zone. */
  readonly today: string
}

export interface UnwantedInput extends CheckoutOutcome {
  /** The charge that was given back. */
  readonly transaction: string
  /** As the gateway writes it. */
  readonly amount: string
  readonly currency: string
}

export interface OutcomeState {
  readonly account: Account | undefined
  readonly checkout: Checkout | undefined
}

/** The charge was made: the plans run, or the money is there. Nothing can refuse it but that the checkout is not open. */
export const decidePaid = (input: PaidInput, state: OutcomeState, { actor }: Deciding): Decision =>
  onCheckout(state, saidByGateway(actor), ({ state: before, started, leaf }) => {
    if (before !== 'open') return notOpen
    const { means: _, triedOn: __, ...rest } = started
    const { transaction, card } = input
    const data = { ...rest, checkoutLeaf: leaf, transaction, ...(card !== undefined && { card }) }
    return facts({ type: 'CheckoutPaid', data })
  })

/** Nothing was charged. A period that it was to pay for is past due. */
export const decideFailed = (input: FailedInput, state: OutcomeState, { actor }: Deciding): Decision =>
  onCheckout(state, saidByGateway(actor), ({ state: before, started, leaf }, owner) => {
    if (before !== 'open') return notOpen
    const { checkout, account, purpose, amount, currency, items } = started
    const why = { reason: input.reason, ...(input.detail !== undefined && { detail: input.detail }) }
    const data = { checkout, checkoutLeaf: leaf, account, purpose, amount, currency, items, ...why }
    return facts(...pastDue(owner, started, input), { type: 'CheckoutFailed', data })
  })

/** Of a renewal: what it was to pay for, unless that is past due already, or not wanted any more. */
const pastDue = (owner: Account, started: DataOf<'CheckoutStarted'>, { today, graceDays }: FailedInput): Fact[] => {
  const { purpose, items, amount, currency, triedOn = today } = started
  if (purpose !== 'renewal') return []
  return items.flatMap(({ subscription: id, period }) => {
    const due = period?.start
    const one = owner.own.subscriptions.find((open) => open.id === id && open.state === 'active')
    if (one === undefined || due === undefined || one.period?.end !== due) return []
    const until = lastOfGrace({ asOf: triedOn, today, graceDays })
    return [{ type: 'SubscriptionPastDue', data: { ...namesOf(owner, one), amount, currency, due, until } }]
  })
}

/** The money of the charge has come. */
export const decideSettled = (_: CheckoutOutcome, state: OutcomeState, { actor }: Deciding): Decision =>
  onCheckout(state, saidByGateway(actor), ({ id, leaf, state: before, started, transaction }) =>
    before !== 'paid' || transaction === null
      ? notPaid
      : facts({
          type: 'PaymentSettled',
          data: { checkout: id, checkoutLeaf: leaf, account: started.account, transaction },
        }),
  )

/**
 * The money did not come, or was taken back: what is left of the purchase is undone, and what it paid for ends in the same append;
 * of a recharge it is a forced debit. An admin may say so too. What is being given back to the card is waited for.
 */
export const decideReturned = (input: ReturnedInput, state: ReturnedState, { actor }: Deciding): Decision =>
  onCheckout(state, told(actor), ({ id, leaf, state: before, started, transaction }, account) => {
    if ((before !== 'paid' && before !== 'settled') || transaction === null) return notPaid
    const { purpose, currency } = started
    const { amount, refunded, lines } = state.purchase ?? {
      ...started,
      refunded: amountText(state.reversed, currency),
    }
    const paidFor = paidBy(account, id)
    const refunds = underWay(account, id, state.refund)
    const ended = undone(account, id, { today: input.today, reason: 'returned', free: state.free })
    if (refunds === 'in flight' || ended === null) return wait
    if (refunds === 'some') return refuse('card_refund_under_way', 'A refund of the order to its card is under way.')
    if (paidFor.some((one) => one.locked !== null)) return locked
    const money = {
      amount: amountText(fromEvent(amount) - fromEvent(refunded), currency),
      currency,
      lines: [...lines],
    }
    const names = { checkout: id, checkoutLeaf: leaf, account: started.account, purpose }
    const why = input.reason !== undefined && { reason: input.reason }
    return facts(...ended, { type: 'PaymentReturned', data: { ...names, ...money, transaction, ...why } })
  })

export interface ReturnedState extends OutcomeState {
  /** What was bought; `undefined`: it was a recharge. */
  readonly purchase: DocumentOf<'purchase'> | undefined
  /** Of a recharge, what was taken back of it. */
  readonly reversed: bigint
  readonly refund: FindRefund
  readonly free: DocumentOf<'plan'> | undefined
}

/** A charge that this checkout does not need was given back to the card. */
export const decideUnwanted = (input: UnwantedInput, state: OutcomeState, { actor }: Deciding): Decision =>
  onCheckout(state, saidByGateway(actor), ({ id, leaf, started, transaction, unwanted }) => {
    if (input.transaction === transaction || unwanted.includes(input.transaction)) return known
    const names = { checkout: id, checkoutLeaf: leaf, account: started.account }
    return facts({
      type: 'ChargeReturned',
      data: { ...names, ...moneyOf(input, started), transaction: input.transaction },
    })
  })

type Money = Pick<DataOf<'ChargeReturned'>, 'amount' | 'currency'>

/** The gateway may write more or fewer zeros. What no event can say, in a currency that nobody has an account in, is what was asked for. */
const moneyOf = (charge: Money, { amount, currency }: Money): Money => {
  const minor = minorIn(charge.amount.replace(/(?<=\.\d*)0+$/, '').replace(/\.$/, ''), charge.currency)
  return typeof minor === 'bigint' && minor > 0n
    ? { amount: amountText(minor, charge.currency), currency: charge.currency }
    : { amount, currency }
}

const notOpen = refuse('checkout_not_open', 'The checkout is paid or has failed already.')
const notPaid = refuse('checkout_not_paid', 'The checkout is not paid, or its money was returned.')
const known = refuse('charge_known', 'The charge has paid the checkout, or was given back before.')

/** The gateway is asked by ourselves alone. */
const saidByGateway = ({ subject }: Actor): boolean => subject.startsWith('system:')
/** What the bank writes in a letter, an admin tells. */
const told = (actor: Actor): boolean => actor.admin || saidByGateway(actor)

const onCheckout = (
  { account, checkout }: OutcomeState,
  may: boolean,
  go: (checkout: Checkout, account: Account) => Decision,
): Decision => {
  if (!may) return forbidden('Only what the gateway says decides a checkout.')
  if (!account || checkout?.started.account !== account.own.name) {
    return refuse('checkout_not_found', 'There is no such checkout.')
  }
  return go(checkout, account)
}
