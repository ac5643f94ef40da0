import { decideRedeem } from '../ledger/decide/redeem.js'
import { couponStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Makes a coupon the money of an account, once. */
export const redeem = defineCommand({
  name: 'redeem',
  missing: 'coupon_invalid',
  guard: (input) => couponStream(input.serial),
  decide: (input, reads, deciding, { coupons }) => {
    const { account, serial, region } = input
    const state = {
      account: reads.account(account),
      coupon: reads.document('coupon', serial),
      region: region === undefined ? undefined : reads.document('region', region),
    }
    return decideRedeem(input, state, deciding, coupons.matches)
  },
})
