import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin, sweeper } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { authorized, frozen, of, opened, recharged, traded } from '../../support/facts.js'
import { given, givenInFlight, NOW } from '../../support/given.js'

const [ann, bob, eve] = [actor('ann'), actor('bob'), actor('eve')]
const pair = ['ann', 'bob'] as const
const EXPIRY = '2026-03-02T12:00:00.000Z'
const open = [opened('ann'), opened('bob'), recharged('ann', '9.00')]
const pending = [...open, authorized(pair, '5.00', 7, EXPIRY)]
const order = idOf(7)

const captured = (amount: string, released: string): Fact => ({
  type: 'TradeCaptured',
  data: { ...of(7, 3, pair), amount, released },
})
const voided: Fact = { type: 'TradeVoided', data: { ...of(7, 3, pair), amount: '5.00' } }
const expired: Fact = { type: 'HoldExpired', data: { ...of(7, 3, pair), amount: '5.00' } }

t.test('a capture is refused, in this order', async (t) => {
  const books = given(...pending)
  const bad = { order: idOf(9), amount: 'x', account: 'eve' }
  books.when('capture', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('capture', { ...bad, amount: '0' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('capture', { ...bad, amount: '5.001' }, ann).refused(t, 'forbidden', 'request')
  books.when('capture', { ...bad, amount: '5.001' }, eve).refused(t, 'order_not_found')
  books.when('capture', { order, amount: '5.001', account: 'eve' }, eve).refused(t, 'order_not_found')
  books.when('capture', { order, amount: '5.001', account: 'eve' }, admin).refused(t, 'order_not_found')
  books.when('capture', { order, amount: '5.001' }, eve).refused(t, 'order_not_found')
  books.when('capture', { order, amount: '5.001' }, ann).refused(t, 'forbidden')
  const both = actor('service', ['ann', 'bob'])
  books.when('capture', { order, amount: '5.001', account: 'ann' }, both).refused(t, 'forbidden')
  books.when('capture', { order, amount: '5.001' }, bob).refused(t, 'too_many_decimals')
  books.when('capture', { order, amount: '5.01' }, bob, EXPIRY).refused(t, 'hold_expired')
  books.when('capture', { order, amount: '5.01' }, bob).refused(t, 'capture_exceeds_hold')
  given(...pending, expired)
    .when('capture', { order }, bob)
    .refused(t, 'hold_expired')
  given(...pending, voided)
    .when('capture', { order }, bob, EXPIRY)
    .refused(t, 'order_not_pending')
  given(...open, traded(pair, '5.00', 7))
    .when('capture', { order }, bob)
    .refused(t, 'order_not_pending')
})

t.test('the seller captures the whole, a service for him, or an admin; also from a frozen buyer', async (t) => {
  for (const who of [bob, actor('service', ['bob']), actor('service', ['ann', 'bob']), admin]) {
    given(...pending, frozen('ann'))
      .when('capture', { order }, who)
      .then(t, captured('5.00', '0.00'))
  }
  given(...pending)
    .when('capture', { order: '3', account: 'bob' }, bob)
    .then(t, captured('5.00', '0.00'))
  given(...pending)
    .when('capture', { order, account: 'ann' }, admin)
    .then(t, captured('5.00', '0.00'))
})

t.test('a capture of a part releases the rest in the same event', async (t) => {
  given(...pending)
    .when('capture', { order, amount: '0.01' }, bob)
    .then(t, captured('0.01', '4.99'))
})

t.test('a capture that is repeated gives the first result, also after the expiry', async (t) => {
  const part = given(...pending, captured('4.00', '1.00'))
  part.when('capture', { order, amount: '4.0' }, bob, EXPIRY).repeats(t, 3)
  const whole = given(...pending, captured('5.00', '0.00'))
  whole.when('capture', { order }, bob, EXPIRY).repeats(t, 3)
  whole.when('capture', { order, amount: '5' }, bob).repeats(t, 3)
})

t.test('once a part is captured, a capture of the whole is refused, also where it names no amount', async (t) => {
  const books = given(...pending, captured('4.00', '1.00'))
  books.when('capture', { order }, bob).refused(t, 'order_not_pending')
  books.when('capture', { order }, admin, EXPIRY).refused(t, 'order_not_pending')
  books.when('capture', { order, amount: '5' }, bob).refused(t, 'order_not_pending')
})

t.test('a void is refused, in this order', async (t) => {
  const books = given(...pending)
  books.when('void', { order: idOf(9), account: 'eve' }, ann).refused(t, 'forbidden', 'request')
  books.when('void', { order: idOf(9) }, ann).refused(t, 'order_not_found')
  books.when('void', { order }, eve).refused(t, 'order_not_found')
  given(...pending, captured('5.00', '0.00'))
    .when('void', { order }, ann)
    .refused(t, 'order_not_pending')
  given(...pending, expired)
    .when('void', { order }, ann)
    .refused(t, 'order_not_pending')
})

t.test('buyer, seller and admin void a hold; once more gives the first result', async (t) => {
  for (const who of [ann, bob, admin])
    given(...pending)
      .when('void', { order }, who)
      .then(t, voided)
  given(...pending, voided)
    .when('void', { order }, bob)
    .repeats(t, 3)
})

t.test('an expiry is refused, in this order', async (t) => {
  const books = given(...pending)
  books.when('expire', { order: idOf(9) }, admin, EXPIRY).refused(t, 'forbidden', 'request')
  books.when('expire', { order: idOf(9) }, sweeper, EXPIRY).refused(t, 'order_not_found')
  books.when('expire', { order }, sweeper, NOW).refused(t, 'hold_not_expired')
  given(...pending, voided)
    .when('expire', { order }, sweeper, EXPIRY)
    .refused(t, 'order_not_pending')
})

t.test('the sweeper lets a hold expire, once', async (t) => {
  given(...pending)
    .when('expire', { order }, sweeper, EXPIRY)
    .then(t, expired)
  given(...pending, expired)
    .when('expire', { order }, sweeper, EXPIRY)
    .repeats(t, 3)
})

t.test('an order in flight is waited for, by those who may know of it', async (t) => {
  const books = givenInFlight(...pending)
  books.when('capture', { order }, bob).waits(t)
  books.when('void', { order }, ann).waits(t)
  books.when('expire', { order }, sweeper, EXPIRY).waits(t)
  books.when('capture', { order }, eve).refused(t, 'order_not_found')
})
