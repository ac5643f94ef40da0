import { type Decision, facts } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding } from '../state.js'
import {
  accountNotFound,
  badAmount,
  badCurrency,
  badEffectiveDate,
  minorIn,
  notAdmin,
  wrongCurrency,
} from './checks.js'

export interface AdjustInput {
  readonly account: string
  readonly direction: 'up' | 'down'
  readonly amount: string
  readonly currency?: string
  readonly reason: string
  readonly effectiveDate?: string
}

/** Forced either way. The effective date is kept in the metadata, by whoever appends. */
export const decideAdjust = (input: AdjustInput, account: Account | undefined, deciding: Deciding): Decision => {
  const refusal =
    badAmount(input.amount) ??
    badCurrency(input.currency) ??
    badEffectiveDate(input.effectiveDate, deciding.now) ??
    notAdmin(deciding.actor)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  const wrong = wrongCurrency(input.currency, account)
  if (wrong) return wrong
  const { name, currency } = account.own
  const minor = minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  const { direction, reason } = input
  const money = { transfer: deciding.id, account: name, direction, amount: amountText(minor, currency), currency }
  return facts({ type: 'Adjusted', data: { ...money, reason, approver: deciding.actor.subject } })
}
