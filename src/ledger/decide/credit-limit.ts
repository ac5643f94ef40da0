import { type Decision, facts } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, badLimit, minorIn, notAdmin } from './checks.js'

export interface CreditLimitInput {
  readonly account: string
  readonly creditLimit: string
}

/** A lowered limit is forced: it may leave the spendable below zero. */
export const decideCreditLimit = (
  input: CreditLimitInput,
  account: Account | undefined,
  { actor }: Deciding,
): Decision => {
  const refusal = badLimit(input.creditLimit) ?? notAdmin(actor)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  const { name, currency } = account.own
  const limit = minorIn(input.creditLimit, currency)
  if (typeof limit !== 'bigint') return limit
  const data = { account: name, currency, creditLimit: amountText(limit, currency) }
  return facts({ type: 'CreditLimitChanged', data })
}
