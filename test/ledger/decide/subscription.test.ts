import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { BoughtPlan } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { authorized, frozen, of, opened, recharged, traded } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const ann = actor('ann')
const scheduler = actor('system:renewals', [])
const id = idOf(5)

const plan = (start: string, end: string): BoughtPlan => ({
  plan: 'basic',
  planVersion: 3,
  name: 'Basic',
  type: 'C',
  price: '5.00',
  billPeriod: 'M',
  description: 'a plan',
  subscription: id,
  period: { start, end, anchor: '2026-01-31', unit: 'month', zone: 'UTC' },
})
/** As a renewal says it. */
const again = (start: string, end: string): BoughtPlan => ({
  ...plan(start, end),
  subscriptionLeaf: 2,
  charged: '5.00',
})
const money = { account: 'ann', amount: '5.00', currency: 'EUR' }
const lines = [{ item: 0, plan: 'basic', kind: 'charge' as const, amount: '5.00' }]
const bought: Fact = {
  type: 'Purchased',
  data: { order: id, ...money, items: [plan('2026-01-31', '2026-02-28')], lines },
}
/** The subscription began with event 2. */
const open = [opened('ann'), recharged('ann', '20.00'), bought]
const names = { account: 'ann', subscription: id, subscriptionLeaf: 2 }
const renewed = (order: string, start: string, end: string): Fact => ({
  type: 'SubscriptionRenewed',
  data: { order, ...names, amount: '5.00', currency: 'EUR', items: [again(start, end)], lines },
})
const pastDue = (until: string): Fact => ({
  type: 'SubscriptionPastDue',
  data: { ...names, amount: '5.00', currency: 'EUR', due: '2026-02-28', until },
})
const cancelled: Fact = { type: 'SubscriptionCancelled', data: { ...names, endsOn: '2026-02-28' } }
const ended = (endedOn: string, reason: 'unpaid' | 'cancelled' | 'refunded'): Fact => ({
  type: 'SubscriptionEnded',
  data: { ...names, endedOn, reason },
})
const ask = { account: 'ann', subscription: id, start: '2026-02-28', asOf: '2026-03-01' }
const empty = [...open, traded(['ann', 'bob'], '15.00', 9)]

t.test('renew: refused, in this order', async (t) => {
  const books = given(...open)
  const bad = { account: 'zoe', subscription: idOf(6), start: 'x', asOf: '2026-02-30' }
  books.when('renew', bad, ann).refused(t, 'forbidden', 'request')
  books.when('renew', bad, scheduler).refused(t, 'invalid_date', 'request')
  books.when('renew', { ...bad, asOf: '2027-03-03' }, scheduler).refused(t, 'invalid_date', 'request')
  books.when('renew', { ...bad, asOf: '2027-03-02' }, scheduler).refused(t, 'account_not_found')
  books.when('renew', { ...ask, subscription: idOf(6) }, admin).refused(t, 'subscription_not_found')
  books.when('renew', { ...ask, start: '2026-03-31', asOf: '2026-04-01' }, scheduler).refused(t, 'renewal_not_due')
  books.when('renew', { ...ask, asOf: '2026-02-27' }, scheduler).refused(t, 'renewal_not_due')
  given(...open, renewed(idOf(7), '2026-02-28', '2026-03-31'))
    .when('renew', ask, scheduler)
    .refused(t, 'renewal_not_due')
  given(...empty, pastDue('2026-03-08'))
    .when('renew', ask, scheduler)
    .refused(t, 'insufficient_funds')
  given(...open, pastDue('2026-03-08'), frozen('ann'))
    .when('renew', ask, scheduler)
    .refused(t, 'account_frozen')
})

t.test('the next period is charged at the price and version bought, from its first day on', async (t) => {
  const books = given(...open)
  for (const who of [scheduler, admin]) {
    books.when('renew', { ...ask, asOf: '2026-02-28' }, who).then(t, renewed(NEW_ID, '2026-02-28', '2026-03-31'))
  }
  given(...open, renewed(idOf(7), '2026-02-28', '2026-03-31'))
    .when('renew', { ...ask, start: '2026-03-31', asOf: '2026-06-01' }, scheduler)
    .then(t, renewed(NEW_ID, '2026-03-31', '2026-04-30'))
})

t.test('what cannot be paid is past due once, for the days of grace', async (t) => {
  given(...empty)
    .when('renew', ask, scheduler)
    .then(t, pastDue('2026-03-08'))
  given(...open, frozen('ann'))
    .when('renew', { ...ask, asOf: '2026-03-02' }, scheduler)
    .then(t, pastDue('2026-03-09'))
  given(...empty)
    .when('renew', { ...ask, asOf: '2026-02-28' }, scheduler)
    .then(t, pastDue('2026-03-08'))
})

t.test('within the days of grace it is paid from the unpaid day on; after them it ends', async (t) => {
  const late = given(...open, pastDue('2026-03-08'))
  late.when('renew', { ...ask, asOf: '2026-03-08' }, scheduler).then(t, renewed(NEW_ID, '2026-02-28', '2026-03-31'))
  late.when('renew', { ...ask, asOf: '2026-03-09' }, scheduler).then(t, ended('2026-03-09', 'unpaid'))
  late.when('renew', { ...ask, asOf: '2026-05-01' }, scheduler).then(t, ended('2026-03-09', 'unpaid'))
})

t.test('a free plan is renewed where the spendable is below zero too', async (t) => {
  const free = { ...money, amount: '0.00' }
  const none = { price: '0.00', charged: '0.00' }
  const begun: Fact = {
    type: 'Purchased',
    data: { order: id, ...free, items: [{ ...plan('2026-01-31', '2026-02-28'), ...none }], lines: [] },
  }
  given(opened('ann'), recharged('ann', '20.00'), begun, traded(['ann', 'bob'], '20.01', 9))
    .when('renew', ask, scheduler)
    .then(t, {
      type: 'SubscriptionRenewed',
      data: {
        order: NEW_ID,
        ...names,
        ...free,
        items: [{ ...again('2026-02-28', '2026-03-31'), ...none }],
        lines: [],
      },
    })
})

t.test('what is cancelled ends with the period that is paid', async (t) => {
  const books = given(...open, cancelled)
  books.when('renew', { ...ask, asOf: '2026-02-27' }, scheduler).refused(t, 'renewal_not_due')
  books.when('renew', { ...ask, asOf: '2026-02-28' }, scheduler).then(t, ended('2026-02-28', 'cancelled'))
})

t.test('holds that have run out are released ahead of a renewal that needs their money', async (t) => {
  given(...open, authorized(['ann', 'bob'], '12.00', 7, NOW))
    .when('renew', ask, scheduler)
    .then(
      t,
      { type: 'HoldExpired', data: { ...of(7, 3, ['ann', 'bob']), amount: '12.00' } },
      renewed(NEW_ID, '2026-02-28', '2026-03-31'),
    )
})

t.test('a subscription in flight is waited for: its number is not known yet', async (t) => {
  givenInFlight(...open)
    .when('renew', ask, scheduler)
    .waits(t)
  givenInFlight(...open)
    .when('cancel-subscription', { account: 'ann', subscription: id }, ann)
    .waits(t)
})

t.test('cancel-subscription: refused, in this order; else it ends with its period', async (t) => {
  const cancel = { account: 'ann', subscription: id }
  const books = given(...open, cancelled)
  books.when('cancel-subscription', { ...cancel, account: 'zoe' }, ann).refused(t, 'forbidden', 'request')
  books.when('cancel-subscription', { ...cancel, account: 'zoe' }, admin).refused(t, 'account_not_found')
  books.when('cancel-subscription', { ...cancel, subscription: idOf(6) }, ann).refused(t, 'subscription_not_found')
  books.when('cancel-subscription', cancel, ann).refused(t, 'subscription_cancelled')
  for (const who of [ann, actor('shop', ['ann']), admin]) {
    given(...open)
      .when('cancel-subscription', cancel, who)
      .then(t, cancelled)
  }
  given(...empty, pastDue('2026-03-08'))
    .when('cancel-subscription', cancel, ann)
    .then(t, cancelled)
  given(...open, ended('2026-02-28', 'unpaid'))
    .when('cancel-subscription', cancel, ann)
    .refused(t, 'subscription_not_found')
})

const refunded = (amount: string, more: object = {}): Fact => ({
  type: 'PurchaseRefunded',
  data: {
    refund: NEW_ID,
    order: id,
    orderLeaf: 2,
    ...money,
    amount,
    lines: [{ item: 0, plan: 'basic', kind: 'charge', amount }],
    ...more,
  },
})

t.test('refund-purchase: refused, in this order', async (t) => {
  const books = given(...open)
  const bad = { order: idOf(6), amount: 'x' }
  books.when('refund-purchase', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('refund-purchase', { ...bad, amount: '0.000' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('refund-purchase', { ...bad, amount: '1' }, ann).refused(t, 'forbidden', 'request')
  books.when('refund-purchase', { ...bad, amount: '5.001' }, admin).refused(t, 'purchase_not_found')
  books.when('refund-purchase', { order: id, amount: '5.001' }, admin).refused(t, 'too_many_decimals')
  books.when('refund-purchase', { order: id, amount: '5.01' }, admin).refused(t, 'refund_exceeds_order')
  const once = given(...open, refunded('3.00'))
  once.when('refund-purchase', { order: id, amount: '2.01' }, admin).refused(t, 'refund_exceeds_order')
  const twice = given(...open, refunded('3.00'), refunded('2.00'))
  twice.when('refund-purchase', { order: id }, admin).refused(t, 'refund_exceeds_order')
})

t.test('a part is given back by id or number, and the subscription goes on', async (t) => {
  for (const order of [id, '2']) {
    given(...open)
      .when('refund-purchase', { order, amount: '3', reason: 'slow' }, admin)
      .then(t, refunded('3.00', { reason: 'slow' }))
  }
})

t.test('nothing left of what paid for the running period ends the subscription in the same append', async (t) => {
  given(...open)
    .when('refund-purchase', { order: id }, admin)
    .then(t, ended('2026-03-01', 'refunded'), refunded('5.00'))
  given(...open, refunded('3.00'))
    .when('refund-purchase', { order: id, amount: '2' }, admin)
    .then(t, ended('2026-03-01', 'refunded'), refunded('2.00'))
  const renewal = renewed(idOf(7), '2026-02-28', '2026-03-31')
  given(...open, renewal)
    .when('refund-purchase', { order: id }, admin)
    .then(t, refunded('5.00'))
  given(...open, renewal)
    .when('refund-purchase', { order: idOf(7) }, admin)
    .then(t, ended('2026-03-01', 'refunded'), refunded('5.00', { order: idOf(7), orderLeaf: 3 }))
  const stopped: Fact = { type: 'SubscriptionCancelled', data: { ...names, endsOn: '2026-03-31' } }
  given(...open, renewed(idOf(7), '2026-03-31', '2026-04-30'))
    .when('refund-purchase', { order: idOf(7) }, admin)
    .then(t, stopped, refunded('5.00', { order: idOf(7), orderLeaf: 3 }))
  givenInFlight(...open)
    .when('refund-purchase', { order: id }, admin)
    .waits(t)
})

t.test(
  'a purchase is no order whose refund a buyer requests: to its owner that is said, to others nothing',
  async (t) => {
    const books = given(...open)
    const input = { order: id, again: false }
    for (const who of [ann, admin]) books.when('request-refund', input, who).refused(t, 'order_is_purchase')
    books.when('request-refund', { ...input, account: 'ann' }, ann).refused(t, 'order_is_purchase')
    books.when('request-refund', { ...input, account: 'zoe' }, admin).refused(t, 'order_not_found')
    books.when('request-refund', input, actor('bob')).refused(t, 'order_not_found')
  },
)
