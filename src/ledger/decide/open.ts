import { type Decision, facts, refuse } from '../decision.js'
import { amountText, signOf } from '../money.js'
import type { Account, Deciding } from '../state.js'
import { badCurrency, badLimit, forbidden, minorIn, notYours } from './checks.js'

export interface OpenInput {
  readonly owner: string
  /** Of the configuration where the client named none. */
  readonly currency: string
  readonly creditLimit?: string
}

export const decideOpen = (input: OpenInput, account: Account | undefined, { actor }: Deciding): Decision => {
  const { owner, currency, creditLimit = '0' } = input
  const refusal = badLimit(creditLimit) ?? badCurrency(currency) ?? notYours(actor, owner)
  if (refusal) return refusal
  if (signOf(creditLimit) !== 'zero' && !actor.admin) return forbidden('Only an admin may give a credit limit.')
  if (account) return refuse('account_exists', `The account ${owner} is open already.`)
  const limit = minorIn(creditLimit, currency)
  if (typeof limit !== 'bigint') return limit
  return facts({ type: 'AccountOpened', data: { owner, currency, creditLimit: amountText(limit, currency) } })
}
