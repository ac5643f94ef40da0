import { type Decision, facts, refuse, refuseRequest } from '../decision.js'
import type { CouponBatch } from '../document.js'
import { amountText } from '../money.js'
import type { Deciding } from '../state.js'
import { isInstant } from '../time.js'
import { badAmount, badCurrency, minorIn, notAdmin } from './checks.js'

export interface IssueCouponsInput {
  readonly batch: string
  /** From 1 to 1,000. */
  readonly count: number
  /** Of each. */
  readonly amount: string
  /** Of the configuration where the client named none. */
  readonly currency: string
  readonly expiresAt: string
}

/** The keyed hash of the code that belongs to a serial. */
export type HashOf = (serial: string) => string

export const decideIssueCoupons = (
  input: IssueCouponsInput,
  known: CouponBatch | undefined,
  { actor, now }: Deciding,
  hashOf: HashOf,
): Decision => {
  const { batch, count, currency, expiresAt } = input
  const refusal = badAmount(input.amount) ?? badCurrency(currency) ?? badExpiry(expiresAt, now) ?? notAdmin(actor)
  if (refusal) return refusal
  if (known) return refuse('batch_exists', `The coupons ${batch} were issued before.`)
  const minor = minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  const serials = Array.from({ length: count }, (_, index) => `${batch}-${index + 1}`)
  const coupons = serials.map((serial) => ({ serial, codeHash: hashOf(serial) }))
  const amount = amountText(minor, currency)
  return facts({ type: 'CouponsIssued', data: { batch, amount, currency, expiresAt, coupons } })
}

const badExpiry = (expiresAt: string, now: string): Decision | undefined =>
  isInstant(expiresAt) && expiresAt > now
    ? undefined
    : refuseRequest('invalid_expiry', 'The expiry must be an instant in the future, such as 2026-12-31T16:00:00.000Z.')
