import { type Decision, facts, refuse } from '../decision.js'
import type { Coupon, DocumentOf } from '../document.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, notYours, wrongCurrency } from './checks.js'

export interface RedeemInput {
  readonly account: string
  readonly serial: string
  readonly code: string
  /** Where it is redeemed; it changes nothing. */
  readonly region?: string
}

export interface RedeemState {
  readonly account: Account | undefined
  readonly coupon: Coupon | undefined
  /** The one that the request names. */
  readonly region: DocumentOf<'region'> | undefined
}

/** Whether a code is that of a keyed hash; `undefined`: there is none, which takes as long to say. */
export type Matches = (code: string, codeHash: string | undefined) => boolean

/** Credits still land on a frozen account. */
export const decideRedeem = (
  input: RedeemInput,
  { account, coupon, region }: RedeemState,
  { actor, now, id }: Deciding,
  matches: Matches,
): Decision => {
  const refusal = notYours(actor, input.account)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  const right = matches(input.code, coupon?.codeHash)
  if (!coupon || !right) return invalid
  const { serial, codeHash, batch, amount, currency, expiresAt } = coupon
  if (now >= expiresAt) return refuse('coupon_expired', `The coupon ${serial} has expired on ${expiresAt}.`)
  if (coupon.redeemed) return refuse('coupon_redeemed', `The coupon ${serial} was redeemed before.`)
  const wrong = wrongCurrency(currency, account) ?? unknownRegion(input.region, region)
  if (wrong) return wrong
  const where = input.region !== undefined && { region: input.region }
  const money = { account: account.own.name, amount, currency }
  return facts({ type: 'CouponRedeemed', data: { transfer: id, serial, codeHash, batch, ...money, ...where } })
}

/** The same whether the serial or the code is wrong. */
const invalid = refuse('coupon_invalid', 'There is no coupon with this serial and this code.')

const unknownRegion = (name: string | undefined, region: DocumentOf<'region'> | undefined): Decision | undefined =>
  name === undefined || region?.retired === false
    ? undefined
    : refuse('region_not_found', `There is no region ${name}.`)
