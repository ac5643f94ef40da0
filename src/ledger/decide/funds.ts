import type { Fact } from '../../../events/catalogue.js'
import { IN_FLIGHT, spendable } from '../account.js'
import { type Decision, facts, type Refused, refuse } from '../decision.js'
import { amountText, fromEvent } from '../money.js'
import { type Account, MAX_CHARGES, MAX_OPEN_HOLDS, type OpenHold } from '../state.js'

type Debit = Extract<Fact, { type: 'Traded' | 'TradeAuthorized' | 'Withdrawn' | 'Purchased' | 'SubscriptionRenewed' }>

/**
 * Accepts a voluntary debit if and only if the account is not frozen and the amount is at most its spendable. Nothing can always be paid.
 * Where money or room for a hold is missing, holds that have run out are released first, in the same append.
 */
export const debit = (account: Account, fact: Debit, now: string): Decision => {
  const { own } = account
  const refusal = frozen(account)
  if (refusal) return refusal
  const amount = fromEvent(fact.data.amount)
  if (amount === 0n) return facts(fact)
  const room = fact.type === 'TradeAuthorized' ? MAX_OPEN_HOLDS - 1 : MAX_OPEN_HOLDS
  if (amount <= spendable(account) && own.holds.length <= room) return facts(fact)
  const released = own.holds.filter((hold) => hold.expiresAt <= now && hold.orderLeaf !== IN_FLIGHT)
  if (own.holds.length - released.length > room) {
    return refuse('too_many_holds', `The account ${own.name} has ${MAX_OPEN_HOLDS} open holds; that is the most.`)
  }
  const most = released.reduce((sum, hold) => sum + hold.amount, spendable(account))
  if (amount > most) return insufficient(account, amount, most)
  return facts(...released.map((hold) => expired(account, hold)), fact)
}

/** `undefined`: it may pay, from the balance or by card. */
export const frozen = ({ own }: Account): Refused | undefined =>
  own.frozen ? refuse('account_frozen', `The account ${own.name} is frozen: it pays nothing for now.`) : undefined

/** `undefined`: another card payment may begin. */
export const tooManyCharges = ({ own }: Account): Refused | undefined =>
  own.charges.length < MAX_CHARGES
    ? undefined
    : refuse('too_many_charges', `The account ${own.name} has ${MAX_CHARGES} card payments that are not over.`)

const insufficient = ({ own }: Account, amount: bigint, most: bigint): Decision => {
  const [asked, may] = [amountText(amount, own.currency), amountText(most, own.currency)]
  return refuse('insufficient_funds', `The account ${own.name} may spend ${may} ${own.currency}; ${asked} is asked.`)
}

const expired = ({ own }: Account, hold: OpenHold): Fact => ({
  type: 'HoldExpired',
  data: {
    order: hold.order,
    orderLeaf: hold.orderLeaf,
    buyer: own.name,
    seller: hold.seller,
    amount: amountText(hold.amount, own.currency),
    currency: own.currency,
  },
})
