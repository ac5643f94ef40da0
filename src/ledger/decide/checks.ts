/** The checks that decisions share. Each returns the refusal, or `undefined` where all is well. */
import { decimalsOf } from '../currencies.js'
import { type Decision, type Refused, refuse, refuseRequest } from '../decision.js'
import { parseMinor, signOf } from '../money.js'
import { CARD } from '../postings.js'
import type { Account, Actor } from '../state.js'
import { dateOf, isDate } from '../time.js'

/** `undefined`: left out, where that is allowed. */
export const badAmount = (text: string | undefined): Refused | undefined => {
  const sign = text === undefined ? 'positive' : signOf(text)
  if (sign === 'positive') return undefined
  return sign === 'invalid' ? notDecimal : refuseRequest('amount_not_positive', 'The amount must be more than zero.')
}

/** A credit limit may be zero. */
export const badLimit = (text: string): Decision | undefined => {
  const sign = signOf(text)
  if (sign === 'negative') return refuseRequest('invalid_amount', 'A credit limit cannot be below zero.')
  return sign === 'invalid' ? notDecimal : undefined
}

const notDecimal = refuseRequest(
  'invalid_amount',
  'An amount is a decimal such as 12.50: at most 24 digits before the point, no exponent, no leading zeros.',
)

export const badCurrency = (currency: string | undefined): Decision | undefined =>
  currency === undefined || decimalsOf(currency) !== undefined ? undefined : unknownCurrency

export const unknownCurrency = refuseRequest('unknown_currency', 'The currency is no ISO 4217 code with minor units.')

/** The business's own date: a real one, and not after today (in UTC). */
export const badEffectiveDate = (date: string | undefined, now: string): Decision | undefined => {
  if (date === undefined) return undefined
  if (!isDate(date)) return refuseRequest('invalid_date', 'The effective date is no calendar date such as 2026-01-31.')
  return date > dateOf(now) ? refuseRequest('invalid_date', 'The effective date lies in the future.') : undefined
}

export const forbidden = (detail: string): Refused => refuseRequest('forbidden', detail)

/** `undefined`: no account was named. */
export const notYours = (actor: Actor, account: string | undefined): Refused | undefined =>
  account === undefined || actor.admin || actor.acts(account)
    ? undefined
    : forbidden(`You may not act for the account ${account}.`)

export const notAdmin = (actor: Actor): Decision | undefined =>
  actor.admin ? undefined : forbidden('Only an admin may do this.')

/** An admin, or whoever acts for the account and holds the scope. */
export const withoutScope = (
  actor: Actor,
  account: string,
  scope: 'recharge' | 'withdraw' | 'usage',
): Decision | undefined =>
  notYours(actor, account) ??
  (actor.admin || actor.may(scope) ? undefined : forbidden(`This needs an admin, or a token with the scope ${scope}.`))

export const accountNotFound = (name: string): Refused =>
  refuse('account_not_found', `There is no account ${name}; it has to be opened first.`)

/** `undefined`: money that comes in or goes out beside the card gateway. What that moves, it alone tells. */
export const badMethod = (method: string): Decision | undefined =>
  method === CARD
    ? refuseRequest('method_reserved', 'The method card is that of payments through the card gateway.')
    : undefined

/** `undefined`: the account's own. */
export const wrongCurrency = (currency: string | undefined, { own }: Account): Decision | undefined =>
  currency === undefined || currency === own.currency
    ? undefined
    : refuse('wrong_currency', `The account ${own.name} holds ${own.currency}, not ${currency}.`)

/** Minor units of an amount whose shape was checked, or the refusal. */
export const minorIn = (text: string, currency: string): bigint | Decision => {
  const decimals = decimalsOf(currency)
  if (decimals === undefined) return unknownCurrency
  const minor = parseMinor(text, decimals)
  return typeof minor === 'bigint'
    ? minor
    : refuse(minor, `${currency} has ${decimals} decimals; this amount has more.`)
}
