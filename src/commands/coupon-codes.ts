import { hkdfSync, timingSafeEqual } from 'node:crypto'
import { createMac, type Mac } from './mac.js'

/** The codes of coupons. They are kept nowhere: each follows from its serial and the configured secret. */
export interface CouponCodes {
  /** 100 bits in Crockford's base 32: `7KM3Q-0ZD9T-XW5CB-HR2NA`. */
  codeOf(serial: string): string
  /** What is kept of a code (`codeHash` of events), however a person has written it. */
  hashOf(code: string): string
  /** Takes the same time whatever the answer is, also where there is no such coupon. */
  matches(code: string, codeHash: string | undefined): boolean
}

/** Without I, L, O and U, which are misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const GROUPS = /.{5}(?=.)/g
const LENGTH = 20
/** Hexadecimal digits with as many bits. */
const HEX = (LENGTH * 5) / 4
/** As long as a hash. */
const NO_HASH = '-'.repeat(43)

export const createCouponCodes = (secret: Uint8Array): CouponCodes => {
  const [codes, hashes] = [
    derived(secret, 'counterfoil coupon codes 1'),
    derived(secret, 'counterfoil coupon hashes 1'),
  ]
  const hashOf = (code: string): string => hashes(plain(code), 'base64url')
  return {
    codeOf: (serial) => written(codes(serial, 'hex')),
    hashOf,
    matches: (code, codeHash = NO_HASH) => {
      const same = timingSafeEqual(Buffer.from(hashOf(code)), Buffer.from(codeHash))
      return same && codeHash !== NO_HASH
    },
  }
}

/** Under a key of its own: HKDF (RFC 5869) with SHA-256. */
const derived = (secret: Uint8Array, label: string): Mac =>
  createMac(new Uint8Array(hkdfSync('sha256', secret, '', label, 32)))

const written = (hex: string): string =>
  BigInt(`0x${hex.slice(0, HEX)}`)
    .toString(32)
    .padStart(LENGTH, '0')
    .replace(/./g, (digit) => ALPHABET.charAt(Number.parseInt(digit, 32)))
    .replace(GROUPS, '$&-')

/** As Crockford reads it: hyphens and case do not count, I and L are 1, O is 0. */
const plain = (code: string): string =>
  code.toUpperCase().replaceAll('-', '').replace(/[IL]/g, '1').replaceAll('O', '0')
