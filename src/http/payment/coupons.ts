import { type CouponDocument, coupons } from '../../projections/coupons.js'
import { RequestRefused } from '../errors.js'
import { numberOf, writeJson } from '../json.js'
import { COUPONS } from '../parts.js'
import { type Answer, type Call, type CommandRoute, type Done, intent, type ReadRoute, type Route } from '../route.js'
import { fields, named, visible } from '../schema.js'
import { utc } from './time.js'

/** As a person writes them; what cannot be one is looked up too, and not found. */
const written = visible(64)

const read = async (call: Call): Promise<Answer> => {
  const { parts, caller, params } = call
  const key = parts.coupons.hashOf(params.text('couponcode'))
  const look = () => parts.views.document(COUPONS, key)
  const record = await parts.guesses.count(caller.subject, look, (found) => found === null)
  if (record === null) throw new RequestRefused('coupon_invalid', 'There is no coupon with this code.')
  const coupon = coupons.document.decode(record.body)
  const body = writeJson({
    serial: coupon.name,
    amount: numberOf(coupon.amount),
    expire_on: utc(coupon.expiresAt),
    status: statusOf(coupon, new Date(parts.clock()).toISOString()),
  })
  return { status: 200, body }
}

const statusOf = ({ redeemed, expiresAt }: CouponDocument, now: string): string => {
  if (redeemed > 0) return 'redeemed'
  return now < expiresAt ? 'available' : 'expired'
}

/** By its code, which whoever asks must know. */
const coupon: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/coupon/:couponcode',
  params: fields({ couponcode: written }),
  read,
}

const redeem: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/v1/redeem',
  body: fields({ serial: written, code: written, namespace: named }, { region: named }),
  commands: ['redeem'],
  status: 200,
  perform: ({ parts, caller, body }, ask) => {
    const asked = { account: body.name('namespace'), serial: body.text('serial'), code: body.text('code') }
    const region = body.has('region') && { region: body.name('region') }
    return parts.guesses.count(
      caller.subject,
      () => ask(intent('redeem', { ...asked, ...region })),
      (settled) => settled.kind === 'refused' && settled.refused.code === 'coupon_invalid',
    )
  },
  toReply: ({ event }: Done) => {
    if (event.type !== 'CouponRedeemed') throw new TypeError(`${event.type} redeems nothing`)
    const { amount, account, region } = event.data
    return writeJson({ amount: numberOf(amount), namespace: account, region })
  },
}

export const couponRoutes: readonly Route[] = [coupon, redeem]
