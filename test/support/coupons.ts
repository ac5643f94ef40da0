import { createCouponCodes } from '../../src/commands/coupon-codes.js'

/** The codes of all tests that start no server. */
export const coupons = createCouponCodes(Buffer.from('a secret of tests'))
