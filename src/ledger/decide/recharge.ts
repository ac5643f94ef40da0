import type { Fact } from '../../../events/catalogue.js'
import { type Decision, facts } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding } from '../state.js'
import {
  accountNotFound,
  badAmount,
  badCurrency,
  badEffectiveDate,
  badMethod,
  forbidden,
  minorIn,
  withoutScope,
  wrongCurrency,
} from './checks.js'

export interface RechargeInput {
  readonly account: string
  readonly amount: string
  readonly currency?: string
  /** Of the configuration: for an account that is opened here. */
  readonly defaultCurrency: string
  readonly method: string
  readonly reference?: string
  readonly effectiveDate?: string
  /** An account that does not exist is opened in the same append. */
  readonly opens: boolean
}

/** The effective date is kept in the metadata, by whoever appends. */
export const decideRecharge = (input: RechargeInput, account: Account | undefined, deciding: Deciding): Decision => {
  const refusal =
    badAmount(input.amount) ??
    badCurrency(input.currency) ??
    badMethod(input.method) ??
    badEffectiveDate(input.effectiveDate, deciding.now) ??
    withoutScope(deciding.actor, input.account, 'recharge') ??
    (input.effectiveDate !== undefined && !deciding.actor.admin
      ? forbidden('Only an admin may give an effective date.')
      : undefined)
  if (refusal) return refusal
  if (!account && !input.opens) return accountNotFound(input.account)
  const wrong = account && wrongCurrency(input.currency, account)
  if (wrong) return wrong
  const currency = account?.own.currency ?? input.currency ?? input.defaultCurrency
  const minor = minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  const recharged = factOf(input, amountText(minor, currency), currency, deciding.id)
  return account ? facts(recharged) : facts(opened(input.account, currency), recharged)
}

const opened = (owner: string, currency: string): Fact => ({
  type: 'AccountOpened',
  data: { owner, currency, creditLimit: amountText(0n, currency) },
})

const factOf = (input: RechargeInput, amount: string, currency: string, transfer: string): Fact => {
  const { account, method, reference } = input
  return {
    type: 'Recharged',
    data: { transfer, account, amount, currency, method, ...(reference !== undefined && { reference }) },
  }
}
