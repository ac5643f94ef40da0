import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { integer, text, textOrNull } from './body.js'
import { rowless } from './rowless.js'

type Handled = EventOf<'CouponsIssued' | 'CouponRedeemed'>

/** A coupon, or a whole batch of them: of each coupon there is one. */
export interface CouponDocument {
  /** The serial, or the batch's own name. */
  readonly name: string
  readonly batch: string
  /** Of each. */
  readonly amount: string
  readonly currency: string
  readonly expiresAt: string
  readonly count: number
  /** So many of them. */
  readonly redeemed: number
  /** Of a coupon: whose money it became, and when. */
  readonly redeemedBy: string | null
  readonly redeemedAt: string | null
}

/** No hash of a code has a slash. */
export const batchKey = (batch: string): string => `batch/${batch}`

const keys = ({ type, data }: Handled): readonly string[] =>
  type === 'CouponsIssued'
    ? [batchKey(data.batch), ...data.coupons.map(({ codeHash }) => codeHash)]
    : [batchKey(data.batch), data.codeHash]

const evolve = (before: CouponDocument | undefined, event: Handled, { key }: At): CouponDocument => {
  const unredeemed = { redeemed: 0, redeemedBy: null, redeemedAt: null }
  const { batch, amount, currency } = event.data
  if (event.type === 'CouponsIssued') {
    const { expiresAt, coupons } = event.data
    const coupon = coupons.find(({ codeHash }) => codeHash === key)
    const which = coupon ? { name: coupon.serial, count: 1 } : { name: batch, count: coupons.length }
    return { ...which, batch, amount, currency, expiresAt, ...unredeemed }
  }
  const { serial, codeHash, account } = event.data
  const alone = codeHash === key
  const issued = before ?? {
    ...{ name: alone ? serial : batch, count: 1 },
    ...{ batch, amount, currency, expiresAt: event.metadata.recordedAt, ...unredeemed },
  }
  const redeemed = issued.redeemed + 1
  return alone
    ? { ...issued, redeemed, redeemedBy: account, redeemedAt: event.metadata.recordedAt }
    : { ...issued, redeemed }
}

const document: Codec<CouponDocument> = {
  // Named one by one: the bytes must not depend on how the document came about.
  encode: ({ name, batch, amount, currency, expiresAt, count, redeemed, redeemedBy, redeemedAt }) => ({
    name,
    batch,
    amount,
    currency,
    expiresAt,
    count,
    redeemed,
    ...(redeemedBy !== null && { redeemedBy }),
    ...(redeemedAt !== null && { redeemedAt }),
  }),
  decode: (body) => ({
    name: text(body, 'name'),
    batch: text(body, 'batch'),
    amount: text(body, 'amount'),
    currency: text(body, 'currency'),
    expiresAt: text(body, 'expiresAt'),
    count: integer(body, 'count'),
    redeemed: integer(body, 'redeemed'),
    redeemedBy: textOrNull(body, 'redeemedBy'),
    redeemedAt: textOrNull(body, 'redeemedAt'),
  }),
}

/** The view `coupons`: each coupon under the hash of its code, and each batch. An event changes at most 1,001 documents. */
export const coupons: Projection<CouponDocument, never, Handled> = {
  name: 'coupons',
  version: 1,
  documents: 'coupons',
  handles: ['CouponsIssued', 'CouponRedeemed'],
  keys,
  evolve,
  document,
  ...rowless,
}
