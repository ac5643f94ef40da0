import { IN_FLIGHT } from '../account.js'
import type { Checkout } from '../checkout-document.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import { amountText } from '../money.js'
import type { Deciding, Recharge } from '../state.js'
import { badAmount, minorIn, notAdmin } from './checks.js'

export interface ReverseRechargeInput {
  readonly account: string
  /** Left out: what is left of the recharge. */
  readonly amount?: string
  readonly reason?: string
}

export interface ReverseRechargeState {
  readonly recharge: Recharge | undefined
  /** The checkout that the event of that number has started. */
  readonly checkout: (leaf: number) => Checkout | undefined
}

/** A forced debit: never refused for funds. */
export const decideReverseRecharge = (
  input: ReverseRechargeInput,
  { recharge, checkout }: ReverseRechargeState,
  deciding: Deciding,
): Decision => {
  const refusal = badAmount(input.amount) ?? notAdmin(deciding.actor)
  if (refusal) return refusal
  if (recharge?.account !== input.account) {
    return refuse('recharge_not_found', `The account ${input.account} has no such recharge.`)
  }
  if (recharge.leaf === IN_FLIGHT) return wait
  // What the gateway gave it takes back: the money would leave twice.
  if (checkout(recharge.leaf)) return refuse('recharge_by_card', 'The recharge was paid by card.')
  const { id, leaf, account, currency, method } = recharge
  const left = recharge.amount - recharge.reversed
  const minor = input.amount === undefined ? left : minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  if (minor > left || left === 0n) {
    return refuse('reversal_exceeds_recharge', `Of the recharge ${amountText(left, currency)} ${currency} is left.`)
  }
  const origin = { transfer: deciding.id, recharge: id, rechargeLeaf: leaf, account }
  const money = { amount: amountText(minor, currency), currency, method }
  const why = input.reason !== undefined && { reason: input.reason }
  return facts({ type: 'RechargeReversed', data: { ...origin, ...money, ...why } })
}
