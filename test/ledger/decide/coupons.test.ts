import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { coupons } from '../../support/coupons.js'
import { frozen, opened } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const SOON = '2026-03-01T12:00:00.001Z'
const issuing = { batch: 'spring', count: 2, amount: '10', expiresAt: SOON }

const couponOf = (serial: string) => ({ serial, codeHash: coupons.hashOf(coupons.codeOf(serial)) })

const issued = (count: number, terms: { readonly currency?: string; readonly expiresAt?: string } = {}): Fact => ({
  type: 'CouponsIssued',
  data: {
    batch: 'spring',
    amount: '10.00',
    currency: 'EUR',
    expiresAt: SOON,
    ...terms,
    coupons: Array.from({ length: count }, (_, index) => couponOf(`spring-${index + 1}`)),
  },
})

t.test('issuing coupons is refused, in this order', async (t) => {
  const books = given(issued(2))
  const ann = actor('ann')
  const bad = { ...issuing, amount: 'x', currency: 'ZZZ', expiresAt: NOW }
  books.when('issue-coupons', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('issue-coupons', { ...bad, amount: '0.00' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('issue-coupons', { ...bad, amount: '-1' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('issue-coupons', { ...bad, amount: '1.001' }, ann).refused(t, 'unknown_currency', 'request')
  const late = { ...bad, amount: '1.001', currency: 'EUR' }
  books.when('issue-coupons', late, ann).refused(t, 'invalid_expiry', 'request')
  for (const expiresAt of ['2027-02-29T00:00:00.000Z', 'tomorrow', '2027-01-01']) {
    books.when('issue-coupons', { ...late, expiresAt }, ann).refused(t, 'invalid_expiry', 'request')
  }
  books.when('issue-coupons', { ...late, expiresAt: SOON }, ann).refused(t, 'forbidden', 'request')
  books.when('issue-coupons', { ...late, expiresAt: SOON }, admin).refused(t, 'batch_exists')
  given()
    .when('issue-coupons', { ...late, expiresAt: SOON }, admin)
    .refused(t, 'too_many_decimals')
})

t.test('a batch has its serials from one, each with the hash of its code and no code', async (t) => {
  given().when('issue-coupons', issuing, admin).then(t, issued(2))
  given()
    .when('issue-coupons', { ...issuing, currency: 'USD' }, admin)
    .then(t, issued(2, { currency: 'USD' }))
  given()
    .when('issue-coupons', { ...issuing, count: 1000 }, admin)
    .then(t, issued(1000))
})

const code = coupons.codeOf('spring-1')
const redeeming = { account: 'ann', serial: 'spring-1', code }

const redeemed = (serial = 'spring-1', region?: string): Fact => ({
  type: 'CouponRedeemed',
  data: {
    transfer: NEW_ID,
    ...couponOf(serial),
    batch: 'spring',
    account: 'ann',
    amount: '10.00',
    currency: 'EUR',
    ...(region !== undefined && { region }),
  },
})

const north: Fact = { type: 'RegionPublished', data: { region: 'north', itemVersion: 1, description: 'n' } }
const retired: Fact = {
  type: 'CatalogueItemRetired',
  data: { kind: 'region', id: 'north', itemVersion: 1, itemLeaf: 0 },
}

t.test('redeeming is refused, in this order', async (t) => {
  const all = [issued(2, { currency: 'USD' }), redeemed()]
  const wrong = { ...redeeming, code: 'ssa', region: 'north' }
  const books = given(opened('ann'), ...all)
  books.when('redeem', wrong, actor('bob')).refused(t, 'forbidden', 'request')
  given(...all)
    .when('redeem', wrong, actor('ann'))
    .refused(t, 'account_not_found')
  const right = { ...wrong, code }
  books.when('redeem', wrong, actor('ann')).refused(t, 'coupon_invalid')
  books.when('redeem', right, actor('ann'), SOON).refused(t, 'coupon_expired')
  books.when('redeem', right, actor('ann')).refused(t, 'coupon_redeemed')
  const other = { ...right, serial: 'spring-2', code: coupons.codeOf('spring-2') }
  books.when('redeem', other, actor('ann')).refused(t, 'wrong_currency')
  given(opened('ann'), issued(1)).when('redeem', right, actor('ann')).refused(t, 'region_not_found')
  given(north, retired, opened('ann'), issued(1)).when('redeem', right, actor('ann')).refused(t, 'region_not_found')
})

t.test('a wrong code, an unknown serial and the code of another coupon are told alike', async (t) => {
  const books = given(opened('ann'), issued(2))
  const details = [
    { ...redeeming, code: 'ssa' },
    { ...redeeming, serial: 'spring-3' },
    { ...redeeming, serial: 'xxeefd' },
    { ...redeeming, serial: 'spring-2' },
    { ...redeeming, serial: 'spring-3', code: coupons.codeOf('spring-3') },
  ].map((input) => {
    const then = books.when('redeem', input, actor('ann'))
    then.refused(t, 'coupon_invalid')
    return JSON.stringify(then.decision)
  })
  t.equal(new Set(details).size, 1)
})

t.test('a coupon becomes money of the account that the caller acts for, also of a frozen one', async (t) => {
  given(opened('ann'), issued(2)).when('redeem', redeeming, actor('ann')).then(t, redeemed())
  given(opened('ann'), issued(2), frozen('ann')).when('redeem', redeeming, admin).then(t, redeemed())
  given(opened('ann'), issued(2), redeemed())
    .when('redeem', { ...redeeming, serial: 'spring-2', code: coupons.codeOf('spring-2') }, actor('ann'))
    .then(t, redeemed('spring-2'))
  given(north, opened('ann'), issued(2))
    .when('redeem', { ...redeeming, region: 'north' }, actor('shop', ['ann']))
    .then(t, redeemed('spring-1', 'north'))
})

t.test('a coupon that is being redeemed is redeemed', async (t) => {
  givenInFlight(opened('ann'), issued(2), redeemed())
    .when('redeem', redeeming, actor('ann'))
    .refused(t, 'coupon_redeemed')
})
