import Big from 'big.js'

/**
 * The only door to big.js: integer minor units in and out, calculated exactly and rounded once, half up, to a minor unit.
 * The constructor is ours alone, so nobody else's settings reach it; strict: it takes no JS number.
 */
const Exact = Big()
Exact.strict = true
Exact.DP = 0
Exact.RM = Big.roundHalfUp

/** From 0 to 100, with four decimals at most. */
const shape = /^(?:(?:0|[1-9][0-9]?)(?:\.[0-9]{1,4})?|100(?:\.0{1,4})?)$/
const MAX_LENGTH = 8

/** Whether a text is per cent, as events and the configuration have it. */
export const isPercent = (text: string): boolean => text.length <= MAX_LENGTH && shape.test(text)

/** So much per cent of an amount: 7 % of 25.50 is 1.79. Throws RangeError where the text is no percentage. */
export const percentOf = (minor: bigint, percent: string): bigint => {
  if (!isPercent(percent)) throw new RangeError('no percentage from 0 to 100 with four decimals at most')
  return whole(new Exact(minor).times(percent).div('100'))
}

/** A part of an amount by days: 72.90 × 7 / 28 is 18.23. Throws where the days are no integers, or there are none in all. */
export const partOf = (minor: bigint, days: number, total: number): bigint =>
  whole(new Exact(minor).times(BigInt(days)).div(BigInt(total)))

const whole = (exact: Big): bigint => BigInt(exact.toFixed(0))
