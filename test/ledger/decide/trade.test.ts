import t from 'tap'
import { actor, admin } from '../../support/actors.js'
import { authorized, frozen, of, opened, recharged, traded } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const ann = actor('ann')
const pair = ['ann', 'bob'] as const
const parties = { buyer: 'ann', seller: 'bob' }
const open = [opened('ann', '1.00'), opened('bob'), opened('eve', '0.00', 'USD'), recharged('ann', '5.00')]
const PAST = '2026-02-28T12:00:00.000Z'
const FUTURE = '2026-03-02T12:00:00.000Z'

for (const name of ['trade', 'authorize'] as const) {
  t.test(`${name}: refused, in this order`, async (t) => {
    const books = given(...open, frozen('ann'))
    const bad = { buyer: 'bob', seller: 'bob', amount: 'x', currency: 'ZZZ' }
    books.when(name, bad, ann).refused(t, 'invalid_amount', 'request')
    books.when(name, { ...bad, amount: '0.000' }, ann).refused(t, 'amount_not_positive', 'request')
    books.when(name, { ...bad, amount: '6.001' }, ann).refused(t, 'unknown_currency', 'request')
    books.when(name, { ...bad, amount: '6.001', currency: 'USD' }, ann).refused(t, 'trade_with_oneself', 'request')
    const late = { ...parties, amount: '6.001', currency: 'USD' }
    books.when(name, { ...late, buyer: 'bob', seller: 'zoe' }, ann).refused(t, 'forbidden', 'request')
    books.when(name, { ...late, buyer: 'zoe' }, admin).refused(t, 'account_not_found')
    books.when(name, { ...late, seller: 'zoe' }, ann).refused(t, 'account_not_found')
    books.when(name, late, ann).refused(t, 'wrong_currency')
    books.when(name, { ...parties, seller: 'eve', amount: '6.001' }, ann).refused(t, 'wrong_currency')
    books.when(name, { ...parties, amount: '6.001' }, ann).refused(t, 'too_many_decimals')
    books.when(name, { ...parties, amount: '6.01' }, ann).refused(t, 'account_frozen')
    given(...open)
      .when(name, { ...parties, amount: '6.01' }, ann)
      .refused(t, 'insufficient_funds')
  })
}

t.test(
  'all that is spendable may be traded, also to a frozen seller, by the owner, a service or an admin',
  async (t) => {
    for (const who of [ann, actor('service', ['ann']), admin]) {
      given(...open, frozen('bob'))
        .when('trade', { ...parties, amount: '6', currency: 'EUR' }, who)
        .then(t, traded(pair, '6.00', 0xfff))
    }
  },
)

t.test('a trade keeps plan and reference', async (t) => {
  const data = { order: NEW_ID, ...parties, amount: '1.00', currency: 'EUR', plan: 'p', reference: 'r' }
  given(...open)
    .when('trade', { ...parties, amount: '1', plan: 'p', reference: 'r' }, ann)
    .then(t, { type: 'Traded', data })
})

t.test('money that came in may be spent; what is held may not', async (t) => {
  const rich = given(...open, opened('zoe', '9.00'), traded(['zoe', 'ann'], '9.00', 7))
  rich.when('trade', { ...parties, amount: '15' }, ann).then(t, traded(pair, '15.00', 0xfff))
  rich.when('trade', { ...parties, amount: '15.01' }, ann).refused(t, 'insufficient_funds')
  const bound = given(...open, authorized(pair, '4.00', 7, FUTURE))
  bound.when('trade', { ...parties, amount: '2' }, ann).then(t, traded(pair, '2.00', 0xfff))
  bound.when('trade', { ...parties, amount: '2.01' }, ann).refused(t, 'insufficient_funds')
})

t.test('an expiry must be a real instant, in the future, at most 30 days ahead', async (t) => {
  const input = { ...parties, amount: '1', currency: 'ZZZ' }
  const bad = [
    '',
    'tomorrow',
    '2026-03-02',
    '2026-03-02T12:00:00Z',
    '2026-02-30T12:00:00.000Z',
    '2026-03-01T24:00:00.000Z',
  ]
  for (const expiresAt of [...bad, PAST, NOW, '2026-03-31T12:00:00.001Z']) {
    given(...open)
      .when('authorize', { ...input, expiresAt }, ann)
      .refused(t, 'invalid_expiry', 'request')
  }
  for (const expiresAt of ['2026-03-01T12:00:00.001Z', '2026-03-31T12:00:00.000Z']) {
    given(...open)
      .when('authorize', { ...parties, amount: '6', expiresAt }, ann)
      .then(t, authorized(pair, '6.00', 0xfff, expiresAt))
  }
})

t.test('a hold lasts as long as configured where no expiry is given', async (t) => {
  given(...open)
    .when('authorize', { ...parties, amount: '6' }, ann)
    .then(t, authorized(pair, '6.00', 0xfff, '2026-03-08T12:00:00.000Z'))
})

const hold = (n: number, expiresAt: string, amount = '2.00') => authorized(pair, amount, n, expiresAt)
const expired = (n: number, leaf: number, amount = '2.00') =>
  ({ type: 'HoldExpired', data: { ...of(n, leaf, pair), amount } }) as const

t.test('holds that have run out are released ahead of a debit that needs their money', async (t) => {
  const books = given(...open, hold(7, NOW), hold(8, FUTURE), hold(9, PAST))
  books
    .when('trade', { ...parties, amount: '4' }, ann)
    .then(t, expired(7, 4), expired(9, 6), traded(pair, '4.00', 0xfff))
  books.when('trade', { ...parties, amount: '4.01' }, ann).refused(t, 'insufficient_funds')
})

t.test('a debit that fits leaves holds alone', async (t) => {
  given(...open, hold(7, PAST))
    .when('trade', { ...parties, amount: '4' }, ann)
    .then(t, traded(pair, '4.00', 0xfff))
})

t.test('a hold in flight is not released: its number is not known yet', async (t) => {
  givenInFlight(...open, hold(7, PAST))
    .when('trade', { ...parties, amount: '5' }, ann)
    .refused(t, 'insufficient_funds')
})

t.test('an account has at most 200 open holds; those that have run out make room', async (t) => {
  const many = Array.from({ length: 199 }, (_, n) => hold(100 + n, FUTURE, '0.01'))
  const input = { ...parties, amount: '0.01', expiresAt: FUTURE }
  given(...open, ...many)
    .when('authorize', input, ann)
    .then(t, authorized(pair, '0.01', 0xfff, FUTURE))
  const roomy = given(...open, ...many.slice(1), hold(7, PAST, '0.01'))
  roomy.when('authorize', input, ann).then(t, authorized(pair, '0.01', 0xfff, FUTURE))
  const full = given(...open, ...many, hold(7, FUTURE, '0.01'))
  full.when('authorize', { ...input, amount: '100' }, ann).refused(t, 'too_many_holds')
  full.when('trade', { ...parties, amount: '0.01' }, ann).then(t, traded(pair, '0.01', 0xfff))
  const old = given(...open, ...many, hold(7, PAST, '0.01'))
  old.when('authorize', input, ann).then(t, expired(7, 203, '0.01'), authorized(pair, '0.01', 0xfff, FUTURE))
})
