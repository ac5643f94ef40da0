import t from 'tap'
import { createCouponCodes } from '../../src/commands/coupon-codes.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

const codes = createCouponCodes(Buffer.alloc(32, 1))
const serial = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}-[0-9]{1,4}$/)

t.test('a code is a hundred bits that can be read aloud, the same every time', async (t) => {
  t.equal(codes.codeOf('spring-1'), createCouponCodes(Buffer.alloc(32, 1)).codeOf('spring-1'))
  const property = fc.property(serial, (serial) =>
    /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/.test(codes.codeOf(serial)),
  )
  check(t, property, 1000)
  const drawn = new Set(Array.from({ length: 5000 }, (_, n) => codes.codeOf(`spring-${n}`)))
  t.equal(drawn.size, 5000)
  for (const at of [0, 19]) {
    const first = new Set([...drawn].map((code) => code.replaceAll('-', '').charAt(at)))
    t.equal(first.size, 32, 'each digit is drawn from the whole alphabet')
  }
})

t.test('codes, hashes and other keys of one secret say nothing of each other', async (t) => {
  const other = createCouponCodes(Buffer.alloc(32, 2))
  t.not(codes.codeOf('spring-1'), other.codeOf('spring-1'))
  const code = codes.codeOf('spring-1')
  t.not(codes.hashOf(code), other.hashOf(code))
  t.match(codes.hashOf(code), /^[A-Za-z0-9_-]{43}$/)
})

t.test('however a person writes it, it is the same code', async (t) => {
  const property = fc.property(
    serial,
    fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
    fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
    (serial, picks, hyphens) => {
      const code = codes.codeOf(serial)
      const said = [...code.replaceAll('-', '')].map((digit, index) => {
        const alike = digit === '0' ? '0Oo' : digit === '1' ? '1IiLl' : digit + digit.toLowerCase()
        return alike.charAt((picks[index] ?? 0) % alike.length) + (hyphens[index] ? '-' : '')
      })
      return codes.matches(said.join(''), codes.hashOf(code))
    },
  )
  check(t, property, 1000)
})

t.test('another code, or a coupon that is not there, never matches', async (t) => {
  const hash = codes.hashOf(codes.codeOf('spring-1'))
  const property = fc.property(fc.oneof(serial.map(codes.codeOf), fc.string()), (code) => !codes.matches(code, hash))
  check(t, property, 1000)
  t.notOk(codes.matches(codes.codeOf('spring-1'), undefined))
  t.notOk(codes.matches('', undefined))
})
