import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { decideRequestRefund } from '../../../src/ledger/decide/request-refund.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { authorized, decided, of, opened, recharged, refunding, traded } from '../../support/facts.js'
import { booksOf, given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const [ann, bob, eve] = [actor('ann'), actor('bob'), actor('eve')]
const pair = ['ann', 'bob'] as const
const open = [opened('ann'), opened('bob'), recharged('ann', '9.00')]
const paid = [...open, traded(pair, '5.00', 7)]
const facts = of(7, 3, pair)
const order = idOf(7)
const ask = { order, again: false }
const again = { order, again: true }

const requested = (amount: string, reason?: string): Fact => ({
  type: 'RefundRequested',
  data: { refund: NEW_ID, ...facts, amount, ...(reason !== undefined && { reason }) },
})

/** A refund of 2.00 under review at leaf 4, revision 1 of bob's stream. */
const review = [...paid, refunding(8, facts, '2.00')]
const approved = decided('RefundApproved', [8, 4], facts, '2.00')
const rejected = decided('RefundRejected', [8, 4], facts, '2.00')
const withdrawn = decided('RefundWithdrawn', [8, 4], facts, '2.00')

t.test('a refund request is refused, in this order', async (t) => {
  const books = given(...paid)
  const bad = { order: idOf(9), amount: 'x', account: 'eve', again: false }
  books.when('request-refund', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('request-refund', { ...bad, amount: '0' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('request-refund', { ...bad, amount: '5.001' }, ann).refused(t, 'forbidden', 'request')
  books.when('request-refund', { ...bad, amount: '5.001' }, eve).refused(t, 'order_not_found')
  books.when('request-refund', { ...ask, amount: '5.001' }, eve).refused(t, 'order_not_found')
  books.when('request-refund', { ...ask, amount: '5.001' }, bob).refused(t, 'forbidden')
  books.when('request-refund', { ...ask, amount: '5.001' }, ann).refused(t, 'too_many_decimals')
  books.when('request-refund', { ...ask, amount: '5.01' }, ann).refused(t, 'refund_exceeds_order')
})

t.test('only what was paid is refunded', async (t) => {
  const hold = [...open, authorized(pair, '5.00', 7, '2026-03-02T12:00:00.000Z')]
  given(...hold)
    .when('request-refund', ask, ann)
    .refused(t, 'order_not_effective')
  const end = { ...facts, amount: '5.00' }
  given(...hold, { type: 'TradeVoided', data: end })
    .when('request-refund', ask, ann)
    .refused(t, 'order_not_refundable')
  given(...hold, { type: 'HoldExpired', data: end })
    .when('request-refund', ask, ann)
    .refused(t, 'order_not_refundable')
  const part: Fact = { type: 'TradeCaptured', data: { ...facts, amount: '3.00', released: '2.00' } }
  given(...hold, part)
    .when('request-refund', { ...ask, amount: '3.01' }, ann)
    .refused(t, 'refund_exceeds_order')
  given(...hold, part)
    .when('request-refund', ask, ann)
    .then(t, requested('3.00'))
})

t.test('a recharge is no order; only who acts for its account, or an admin, learns what it is', async (t) => {
  const books = given(...open)
  for (const reference of [idOf(1), '2']) {
    const recharge = { order: reference, again: false }
    for (const who of [ann, admin]) books.when('request-refund', recharge, who).refused(t, 'order_not_refundable')
    books.when('request-refund', { ...recharge, account: 'ann', amount: 'x' }, ann).refused(t, 'order_not_refundable')
    books.when('request-refund', recharge, bob).refused(t, 'order_not_found')
    books.when('request-refund', { ...recharge, account: 'bob' }, admin).refused(t, 'order_not_found')
  }
})

t.test('buyer or admin request the whole or a part; the seller need not have the money', async (t) => {
  for (const who of [ann, admin])
    given(...paid)
      .when('request-refund', ask, who)
      .then(t, requested('5.00'))
  given(...paid)
    .when('request-refund', { ...again, amount: '2', reason: 'r' }, ann)
    .then(t, requested('2.00', 'r'))
  given(...paid, traded(['bob', 'ann'], '5.00', 9))
    .when('request-refund', ask, ann)
    .then(t, requested('5.00'))
})

t.test('refunds that are not rejected never sum past the order', async (t) => {
  for (const history of [review, [...review, approved]]) {
    given(...history)
      .when('request-refund', { ...again, amount: '3.01' }, ann)
      .refused(t, 'refund_exceeds_order')
    given(...history)
      .when('request-refund', again, ann)
      .then(t, requested('3.00'))
  }
  const whole = [...paid, refunding(8, facts, '5.00')]
  given(...whole)
    .when('request-refund', again, ann)
    .refused(t, 'refund_exceeds_order')
  given(...whole, decided('RefundApproved', [8, 4], facts, '5.00'))
    .when('request-refund', ask, ann)
    .refused(t, 'refund_exceeds_order')
  given(...review, withdrawn)
    .when('request-refund', ask, ann)
    .then(t, requested('5.00'))
})

t.test('a second cancel of an order under review gives the first result', async (t) => {
  given(...review)
    .when('request-refund', ask, ann)
    .repeats(t, 1)
  given(...review)
    .when('request-refund', { ...ask, amount: '3' }, ann)
    .repeats(t, 1)
})

t.test('a request under review that cannot be found is not made a second time', async (t) => {
  const state = { order: booksOf(review).order(order), purchase: undefined, refund: () => undefined }
  const decision = decideRequestRefund({ again: false }, state, { actor: ann, now: NOW, id: NEW_ID })
  t.match(decision, { kind: 'refused', refusal: { code: 'refund_not_found' } })
})

t.test('after a rejection only an admin requests again, and only by a new request', async (t) => {
  const books = given(...review, rejected)
  books.when('request-refund', ask, ann).refused(t, 'refund_rejected')
  books.when('request-refund', again, ann).refused(t, 'refund_rejected')
  books.when('request-refund', ask, admin).refused(t, 'refund_rejected')
  books.when('request-refund', again, admin).then(t, requested('5.00'))
})

t.test('an order has at most 20 refunds under review', async (t) => {
  const many = Array.from({ length: 20 }, (_, n) => refunding(100 + n, facts, '0.01'))
  given(...paid, ...many.slice(1))
    .when('request-refund', again, ann)
    .then(t, requested('4.81'))
  given(...paid, ...many)
    .when('request-refund', again, ann)
    .refused(t, 'too_many_refunds')
})

const outcomes = { 'approve-refund': approved, 'reject-refund': rejected, 'withdraw-refund': withdrawn }

for (const name of ['approve-refund', 'reject-refund', 'withdraw-refund'] as const) {
  const [right, wrong] = name === 'withdraw-refund' ? [ann, bob] : [bob, ann]
  t.test(`${name}: refused, in this order`, async (t) => {
    given(...paid)
      .when(name, { order: idOf(9), account: 'eve' }, right)
      .refused(t, 'forbidden', 'request')
    given(...paid)
      .when(name, { order: idOf(9) }, right)
      .refused(t, 'order_not_found')
    given(...paid)
      .when(name, { order, refund: idOf(9) }, eve)
      .refused(t, 'order_not_found')
    given(...paid)
      .when(name, { order, refund: idOf(9) }, wrong)
      .refused(t, 'forbidden')
    given(...paid)
      .when(name, { order }, right)
      .refused(t, 'refund_not_found')
    given(...review)
      .when(name, { order, refund: idOf(9) }, right)
      .refused(t, 'refund_not_found')
    const other = [...review, traded(pair, '1.00', 20)]
    given(...other)
      .when(name, { order: idOf(20), refund: idOf(8) }, right)
      .refused(t, 'refund_not_found')
    given(...review, refunding(9, facts, '1.00'))
      .when(name, { order }, right)
      .refused(t, 'refund_ambiguous')
    const others = [approved, rejected, withdrawn].filter((fact) => fact !== outcomes[name])
    for (const fact of others)
      given(...review, fact)
        .when(name, { order }, right)
        .refused(t, 'refund_decided')
  })

  t.test(`${name}: by order or by id, once`, async (t) => {
    for (const who of [right, admin])
      given(...review)
        .when(name, { order }, who)
        .then(t, outcomes[name])
    const two = given(...review, refunding(9, facts, '1.00'))
    two.when(name, { order: '3', refund: idOf(8) }, right).then(t, outcomes[name])
    given(...review, outcomes[name])
      .when(name, { order }, right)
      .repeats(t, 2)
    given(...review, outcomes[name])
      .when(name, { order, refund: idOf(8) }, admin)
      .repeats(t, 2)
  })

  t.test(`${name}: a request in flight is waited for`, async (t) => {
    givenInFlight(...review)
      .when(name, { order }, right)
      .waits(t)
  })
}

t.test('a rejection may give its reason', async (t) => {
  const because: Fact = {
    type: 'RefundRejected',
    data: { refund: idOf(8), refundLeaf: 4, ...facts, amount: '2.00', reason: 'r' },
  }
  given(...review)
    .when('reject-refund', { order, reason: 'r' }, bob)
    .then(t, because)
})

t.test('a seller who is short does not approve, an admin does; the seller may still reject', async (t) => {
  const short = given(...paid, traded(['bob', 'ann'], '4.00', 9), refunding(8, facts, '2.00'))
  const at = [8, 5] as const
  short.when('approve-refund', { order }, bob).refused(t, 'seller_short')
  short.when('approve-refund', { order }, admin).then(t, decided('RefundApproved', at, facts, '2.00'))
  short.when('reject-refund', { order }, bob).then(t, decided('RefundRejected', at, facts, '2.00'))
})

t.test('a seller whose spendable is exactly zero is not short', async (t) => {
  given(...paid, traded(['bob', 'ann'], '3.00', 9), refunding(8, facts, '2.00'))
    .when('approve-refund', { order }, bob)
    .then(t, decided('RefundApproved', [8, 5], facts, '2.00'))
})
