/**
 * Money between decimal text and integer minor units: `'1.05'` in a currency of two decimals is `105n`.
 * Nothing here rounds, throws or touches a JS number's fraction.
 */
import { decimalsOf } from './currencies.js'

/** At most 24 digits before the point, no leading zeros, no exponent, no plus sign. */
const shape = /^-?(?:0|[1-9][0-9]{0,23})(?:\.[0-9]{1,36})?$/
const MAX_LENGTH = 62

/** What the text alone says of an amount. */
export type Sign = 'positive' | 'zero' | 'negative' | 'invalid'

export const signOf = (text: string): Sign => {
  if (text.length > MAX_LENGTH || !shape.test(text)) return 'invalid'
  if (!/[1-9]/.test(text)) return 'zero'
  return text.startsWith('-') ? 'negative' : 'positive'
}

/**
 * Minor units of a decimal text as clients write it: `'100'`, `'100.0'` and `'100.00'` are the same.
 * More decimals than the currency has are refused even where they are zeros: nobody should believe they count.
 */
export const parseMinor = (text: string, decimals: number): bigint | 'invalid_amount' | 'too_many_decimals' => {
  if (text.length > MAX_LENGTH || !shape.test(text)) return 'invalid_amount'
  const point = text.indexOf('.')
  if (point === -1) return BigInt(text + '0'.repeat(decimals))
  const missing = decimals - (text.length - point - 1)
  if (missing < 0) return 'too_many_decimals'
  return BigInt(text.slice(0, point) + text.slice(point + 1) + '0'.repeat(missing))
}

/** What `fromEvent` was asked last: the folds of one event ask for its amount three times and more. */
let last = { text: '', minor: 0n }

/** Minor units of an event's amount, which is validated and always has exactly its currency's decimals. */
export const fromEvent = (text: string): bigint => {
  if (text === last.text) return last.minor
  const point = text.indexOf('.')
  const minor = BigInt(point === -1 ? text : text.slice(0, point) + text.slice(point + 1))
  last = { text, minor }
  return minor
}

/** By number of decimals: half of what is printed is nothing. */
const zeros = ['0', '0.0', '0.00', '0.000', '0.0000']

/** Text with exactly the currency's decimals: `formatMinor(-50n, 2)` is `'-0.50'`. The inverse of `parseMinor`. */
export const formatMinor = (minor: bigint, decimals: number): string => {
  const zero = minor === 0n ? zeros[decimals] : undefined
  if (zero !== undefined) return zero
  if (minor < 0n) return `-${formatMinor(-minor, decimals)}`
  if (decimals === 0) return minor.toString()
  const digits = minor.toString().padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Text with the decimals of a currency; one without minor units is written whole. */
export const amountText = (minor: bigint, currency: string): string => formatMinor(minor, decimalsOf(currency) ?? 0)
