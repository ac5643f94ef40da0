import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { MAX_CHARGES } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import {
  asker,
  lines,
  monthly,
  paid,
  recharge,
  refunded,
  refundFailed,
  requested,
  settled,
  started,
} from '../../support/card.js'
import { FREE_PLAN } from '../../support/decide.js'
import { opened, published } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID } from '../../support/given.js'

/** The checkout began with event 1, the subscription with event 2. */
const bought = [opened('ann'), started(5), paid(5, 1)]
const order = { n: 5, orderLeaf: 1 }
const all = { refund: NEW_ID, ...order, amount: '22.00', lines: lines('20.00', '2.00') }
const half = { refund: NEW_ID, ...order, amount: '11.00', lines: lines('10.00', '1.00') }
const one = { ...half, refund: idOf(8) }
const two = { ...half, refund: idOf(9) }
const names = { account: 'ann', subscription: idOf(5), subscriptionLeaf: 2 }
const ended: Fact = { type: 'SubscriptionEnded', data: { ...names, endedOn: '2026-03-01', reason: 'refunded' } }
const ann = actor('ann')

t.test('what was paid by card goes back to it: asked for first, the whole or a part', async (t) => {
  const books = given(...bought)
  books.when('refund-purchase', { order: idOf(5) }, ann).refused(t, 'forbidden', 'request')
  books.when('refund-purchase', { order: idOf(5) }, admin).then(t, requested(all))
  books
    .when('refund-purchase', { order: '1', amount: '11', reason: 'slow' }, admin)
    .then(t, requested(half, { reason: 'slow' }))
})

t.test('what is asked for counts at once; what has failed may be asked for again', async (t) => {
  const open = [...bought, requested(one)]
  given(...open)
    .when('refund-purchase', { order: '1', amount: '11.01' }, admin)
    .refused(t, 'refund_exceeds_order')
  given(...open)
    .when('refund-purchase', { order: '1' }, admin)
    .then(t, requested(half))
  given(...open, refunded(one, 3, 'r1'))
    .when('refund-purchase', { order: '1' }, admin)
    .then(t, requested(half))
  given(...open, refundFailed(one, 3))
    .when('refund-purchase', { order: '1' }, admin)
    .then(t, requested(all))
})

t.test('only so many payments and refunds are under way for one account', async (t) => {
  const many = Array.from({ length: MAX_CHARGES - 1 }, (_, at) => started(100 + at, recharge))
  given(...bought, ...many)
    .when('refund-purchase', { order: '1' }, admin)
    .refused(t, 'too_many_charges')
  given(...bought, settled(5, 1), ...many)
    .when('refund-purchase', { order: '1' }, admin)
    .then(t, requested(all))
})

t.test('card-refunded and card-refund-failed: refused, in this order', async (t) => {
  const refund = { account: 'ann', refundLeaf: 3, transaction: 'r1' }
  for (const command of ['card-refunded', 'card-refund-failed'] as const) {
    const books = given(...bought, requested(one), opened('bob'))
    books.when(command, { ...refund, account: 'zoe' }, admin).refused(t, 'forbidden', 'request')
    books.when(command, { ...refund, account: 'zoe' }, asker).refused(t, 'refund_not_found')
    books.when(command, { ...refund, account: 'bob' }, asker).refused(t, 'refund_not_found')
    books.when(command, { ...refund, refundLeaf: 1 }, asker).refused(t, 'refund_not_found')
    for (const over of [refunded(one, 3, 'r1'), refundFailed(one, 3)]) {
      given(...bought, requested(one), over)
        .when(command, refund, asker)
        .refused(t, 'card_refund_over')
    }
  }
})

t.test('a part leaves the subscription as it is; the gateway may say no', async (t) => {
  const books = given(...bought, requested(one))
  const refund = { account: 'ann', refundLeaf: 3 }
  books.when('card-refunded', { ...refund, transaction: 'r1' }, asker).then(t, refunded(one, 3, 'r1'))
  books.when('card-refund-failed', refund, asker).then(t, refundFailed(one, 3))
  books
    .when('card-refund-failed', { ...refund, detail: 'too late' }, asker)
    .then(t, refundFailed(one, 3, { detail: 'too late' }))
})

t.test('the subscription is over with the refund after which nothing is left', async (t) => {
  const last = { account: 'ann', refundLeaf: 4, transaction: 'r2' }
  const both = [...bought, requested(one), requested(two)]
  given(...both)
    .when('card-refunded', last, asker)
    .then(t, refunded(two, 4, 'r2'))
  given(...both, refundFailed(one, 3))
    .when('card-refunded', last, asker)
    .then(t, refunded(two, 4, 'r2'))
  const first = [...both, refunded(one, 3, 'r1')]
  given(...first)
    .when('card-refunded', last, asker)
    .then(t, ended, refunded(two, 4, 'r2'))
  given(...both.slice(0, -1), refunded(one, 3, 'r1'), requested(two), started(6, recharge))
    .when('card-refunded', { ...last, refundLeaf: 5 }, asker)
    .then(t, ended, refunded(two, 5, 'r2'))
})

t.test('one of a device goes back to the free plan', async (t) => {
  const free = published(FREE_PLAN, '0.00')
  const device: Fact = {
    type: 'SubscriptionOpened',
    data: {
      subscription: idOf(5),
      account: 'ann',
      device: 'D1',
      item: { plan: FREE_PLAN, planVersion: 1, name: 'f', type: 'C', price: '0.00', billPeriod: 'M', description: '' },
    },
  }
  const begun = [free, opened('ann'), device, started(5), paid(5, 3)]
  const back = { ...all, orderLeaf: 3, refund: idOf(8) }
  const reverted = (reason: 'refunded' | 'returned'): Fact => ({
    type: 'SubscriptionReverted',
    data: {
      ...names,
      on: '2026-03-01',
      reason,
      item: {
        plan: FREE_PLAN,
        planVersion: 1,
        name: `Plan ${FREE_PLAN}`,
        type: 'C',
        price: '0.00',
        billPeriod: 'M',
        description: 'a plan',
      },
    },
  })
  given(...begun, requested(back))
    .when('card-refunded', { account: 'ann', refundLeaf: 5, transaction: 't5' }, asker)
    .then(t, reverted('refunded'), refunded(back, 5, 't5'))
  given(...begun)
    .when('payment-returned', { account: 'ann', checkoutLeaf: 3 }, asker)
    .then(t, reverted('returned'), returned('22.00', lines('20.00', '2.00'), { checkoutLeaf: 3 }))
})

const returned = (
  amount: string,
  lines: Extract<Fact, { type: 'PaymentReturned' }>['data']['lines'],
  more = {},
): Fact => ({
  type: 'PaymentReturned',
  data: {
    checkout: idOf(5),
    checkoutLeaf: 1,
    account: 'ann',
    purpose: 'purchase',
    amount,
    currency: 'EUR',
    lines,
    transaction: 't5',
    ...more,
  },
})

t.test('a payment that is returned: an admin may say so; a refund under way is waited for', async (t) => {
  const input = { account: 'ann', checkoutLeaf: 1 }
  const books = given(...bought)
  books.when('payment-returned', input, ann).refused(t, 'forbidden', 'request')
  books.when('payment-returned', { ...input, checkoutLeaf: 0 }, admin).refused(t, 'checkout_not_found')
  books
    .when('payment-returned', { ...input, reason: 'chargeback' }, admin)
    .then(
      t,
      { type: 'SubscriptionEnded', data: { ...names, endedOn: '2026-03-01', reason: 'refunded' } },
      returned('22.00', lines('20.00', '2.00'), { reason: 'chargeback' }),
    )
  given(...bought, requested(one))
    .when('payment-returned', input, admin)
    .refused(t, 'card_refund_under_way')
  given(
    ...bought,
    requested(one),
    refunded(one, 3, 'r1'),
    started(6),
    paid(6, 5),
    requested({ ...two, n: 6, orderLeaf: 5 }),
  )
    .when('payment-returned', input, asker)
    .then(t, ended, returned('11.00', lines('10.00', '1.00')))
})

t.test('of a recharge that was reversed in part, what is left is taken back', async (t) => {
  const reversed: Fact = {
    type: 'RechargeReversed',
    data: {
      transfer: idOf(7),
      recharge: idOf(5),
      rechargeLeaf: 1,
      account: 'ann',
      amount: '2.00',
      currency: 'EUR',
      method: 'card',
    },
  }
  const input = { account: 'ann', checkoutLeaf: 1 }
  const taken = (amount: string) => returned(amount, [], { purpose: 'recharge' })
  const books = [opened('ann'), started(5, recharge), paid(5, 1, recharge)]
  given(...books)
    .when('payment-returned', input, asker)
    .then(t, taken('22.00'))
  given(...books, reversed)
    .when('payment-returned', input, asker)
    .then(t, taken('20.00'))
})

t.test('what is in flight is waited for', async (t) => {
  const refund = { account: 'ann', refundLeaf: 3, transaction: 'r1' }
  givenInFlight(...bought, requested(one), requested(two))
    .when('card-refunded', refund, asker)
    .waits(t)
  givenInFlight(...bought, requested(one))
    .when('payment-returned', { account: 'ann', checkoutLeaf: 1 }, asker)
    .waits(t)
})

t.test('a refund of what no purchase is known of ends nothing; a plan without periods ends today', async (t) => {
  given(opened('ann'), started(5), requested(one))
    .when('card-refunded', { account: 'ann', refundLeaf: 2, transaction: 'r1' }, asker)
    .then(t, refunded(one, 2, 'r1'))
  const { period: _, ...free } = monthly(idOf(5))
  const device: Fact = {
    type: 'SubscriptionOpened',
    data: { subscription: idOf(5), account: 'ann', device: 'D1', item: free },
  }
  const sold = { purpose: 'purchase' as const, amount: '22.00', items: [free], lines: lines('20.00', '2.00') }
  given(opened('ann'), device, started(5, sold), paid(5, 2, sold))
    .when('payment-returned', { account: 'ann', checkoutLeaf: 2 }, asker)
    .then(
      t,
      {
        type: 'SubscriptionEnded',
        data: { ...names, subscriptionLeaf: 1, endedOn: '2026-03-01', reason: 'refunded' },
      },
      returned('22.00', lines('20.00', '2.00'), { checkoutLeaf: 2 }),
    )
})

t.test('a subscription that is in flight itself is waited for', async (t) => {
  givenInFlight(opened('ann'), started(5), paid(5, 1))
    .when('payment-returned', { account: 'ann', checkoutLeaf: 1 }, asker)
    .waits(t)
})
