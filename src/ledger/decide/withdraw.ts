import type { Decision } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, badAmount, badCurrency, badMethod, minorIn, withoutScope, wrongCurrency } from './checks.js'
import { debit } from './funds.js'

export interface WithdrawInput {
  readonly account: string
  readonly amount: string
  readonly currency?: string
  readonly method: string
  readonly reference?: string
}

export const decideWithdraw = (input: WithdrawInput, account: Account | undefined, deciding: Deciding): Decision => {
  const refusal =
    badAmount(input.amount) ??
    badCurrency(input.currency) ??
    badMethod(input.method) ??
    withoutScope(deciding.actor, input.account, 'withdraw')
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  const wrong = wrongCurrency(input.currency, account)
  if (wrong) return wrong
  const { name, currency } = account.own
  const minor = minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  const { method, reference } = input
  const money = { transfer: deciding.id, account: name, amount: amountText(minor, currency), currency, method }
  const data = { ...money, ...(reference !== undefined && { reference }) }
  return debit(account, { type: 'Withdrawn', data }, deciding.now)
}
