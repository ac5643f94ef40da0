import { type Decision, facts, refuse } from '../decision.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, notAdmin } from './checks.js'

export interface FreezeInput {
  readonly account: string
  readonly reason: string
}

export const decideFreeze = (input: FreezeInput, account: Account | undefined, { actor }: Deciding): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  if (account.own.frozen) return refuse('already_frozen', `The account ${input.account} is frozen already.`)
  return facts({ type: 'AccountFrozen', data: { account: input.account, reason: input.reason } })
}

export const decideUnfreeze = (input: FreezeInput, account: Account | undefined, { actor }: Deciding): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  if (!account.own.frozen) return refuse('not_frozen', `The account ${input.account} is not frozen.`)
  return facts({ type: 'AccountUnfrozen', data: { account: input.account, reason: input.reason } })
}
