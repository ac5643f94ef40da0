import type { DataOf } from '../../../events/catalogue.js'
import { type Decision, refuse, refuseRequest } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding } from '../state.js'
import { DAY_MS, isInstant, later } from '../time.js'
import { accountNotFound, badAmount, badCurrency, minorIn, notYours, wrongCurrency } from './checks.js'
import { debit } from './funds.js'

export interface TradeInput {
  readonly buyer: string
  readonly seller: string
  readonly amount: string
  /** Left out: the buyer's. */
  readonly currency?: string
  readonly plan?: string
  readonly reference?: string
}

export interface AuthorizeInput extends TradeInput {
  readonly expiresAt?: string
  /** Of the configuration: how long a hold lasts where `expiresAt` is left out. */
  readonly holdMs: number
}

export interface TradeState {
  readonly buyer: Account | undefined
  readonly seller: Account | undefined
}

/** How far ahead a client may let a hold expire. */
export const MAX_HOLD_MS = 30 * DAY_MS

export const decideTrade = (input: TradeInput, state: TradeState, deciding: Deciding): Decision =>
  badAmount(input.amount) ??
  pay(input, state, deciding, (buyer, terms) => debit(buyer, { type: 'Traded', data: terms }, deciding.now))

export const decideAuthorize = (input: AuthorizeInput, state: TradeState, deciding: Deciding): Decision => {
  const { now } = deciding
  const { expiresAt = later(now, input.holdMs) } = input
  const refusal = badAmount(input.amount) ?? badExpiry(expiresAt, now)
  if (refusal) return refusal
  return pay(input, state, deciding, (buyer, terms) =>
    debit(buyer, { type: 'TradeAuthorized', data: { ...terms, expiresAt } }, now),
  )
}

/** The configured time is held to the same bounds. */
const badExpiry = (expiresAt: string, now: string): Decision | undefined => {
  if (!isInstant(expiresAt)) {
    return refuseRequest('invalid_expiry', 'The expiry is no instant such as 2026-01-31T23:59:59.000Z.')
  }
  return expiresAt > now && expiresAt <= later(now, MAX_HOLD_MS)
    ? undefined
    : refuseRequest('invalid_expiry', 'The expiry must lie in the future, at most 30 days ahead.')
}

type Terms = DataOf<'Traded'>

/** Written out: spreads that may be empty cost more than the other members. */
const termsOf = (input: TradeInput, amount: string, currency: string, order: string): Terms => {
  const { buyer, seller, plan, reference } = input
  const terms: { -readonly [Field in keyof Terms]: Terms[Field] } = { order, buyer, seller, amount, currency }
  if (plan !== undefined) terms.plan = plan
  if (reference !== undefined) terms.reference = reference
  return terms
}

/** The checks that both kinds of trade share, up to the money. */
const pay = (
  input: TradeInput,
  { buyer, seller }: TradeState,
  { actor, id }: Deciding,
  go: (buyer: Account, terms: Terms) => Decision,
): Decision => {
  const refusal = badCurrency(input.currency) ?? withOneself(input) ?? notYours(actor, input.buyer)
  if (refusal) return refusal
  if (!buyer) return accountNotFound(input.buyer)
  if (!seller) return accountNotFound(input.seller)
  const wrong = wrongCurrency(input.currency, buyer) ?? sellersCurrency(buyer, seller)
  if (wrong) return wrong
  const { currency } = buyer.own
  const minor = minorIn(input.amount, currency)
  return typeof minor === 'bigint' ? go(buyer, termsOf(input, amountText(minor, currency), currency, id)) : minor
}

const withOneself = ({ buyer, seller }: TradeInput): Decision | undefined =>
  buyer === seller ? refuseRequest('trade_with_oneself', 'Buyer and seller are the same account.') : undefined

/** Says no more of the seller than that the currencies differ. */
const sellersCurrency = (buyer: Account, seller: Account): Decision | undefined =>
  buyer.own.currency === seller.own.currency
    ? undefined
    : refuse('wrong_currency', `The account ${seller.own.name} does not take ${buyer.own.currency}.`)
