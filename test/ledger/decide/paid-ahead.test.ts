import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { FREE, ID, LEAF, NAMES } from '../../support/device.js'
import { booksOf, given, NEW_ID } from '../../support/given.js'
import { basket, JUNE_19, juneFrom, lineOf, on, purchase, rich, runs } from '../../support/plans.js'

const ann = actor('ann')
const scheduler = actor('system:renewals', [])
const asker = actor('system:asking', [])
const july = { ...juneFrom(19), start: '2020-07-01', end: '2020-08-01' }

/** June is paid, and July was charged ahead, on the 19th of June or before it. */
const renewed: Fact = {
  type: 'SubscriptionRenewed',
  data: {
    ...{ order: idOf(0x41), ...NAMES, amount: '30.00', currency: 'EUR' },
    ...{
      items: [on('Pro30', '30.00', { period: july, charged: '30.00' })],
      lines: [lineOf('Pro30', 'charge', '30.00')],
    },
  },
}
const ahead: readonly Fact[] = [...rich, runs('Pro30', '30.00'), renewed]

t.test('what would run at once is not sold while only a period to come is known', async (t) => {
  const due: Fact = {
    type: 'SubscriptionPastDue',
    data: { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' },
  }
  for (const history of [ahead, [...rich, runs('Pro30', '30.00'), due]]) {
    for (const change of [basket({}), basket({ plan: 'Pro30', addons: ['more'] }), basket({ plan: 'Yearly' })]) {
      const books = given(...history)
      books.when('buy', change, ann, JUNE_19).refused(t, 'paid_ahead')
      books.when('start-checkout', { ...change, means: 'nonce' }, ann, JUNE_19).refused(t, 'paid_ahead')
    }
    const { decision } = given(...history).when('buy', basket({}), ann, '2020-06-30T16:00:00.000Z')
    t.match(decision, { kind: 'facts', facts: [{ data: { items: [{ period: july }] } }] })
  }
})

t.test('what waits may be asked for, and what is due ahead of its day may be paid so', async (t) => {
  for (const [plan, price] of [
    ['Basic10', '10.00'],
    ['Free', '0.00'],
  ] as const) {
    const item = plan === 'Free' ? { ...FREE, subscription: ID, subscriptionLeaf: LEAF } : on(plan, price)
    given(...ahead)
      .when('buy', basket({ plan }), ann, JUNE_19)
      .then(t, purchase('0.00', [{ ...item, waits: true }], []))
  }
  const due: Fact = {
    type: 'SubscriptionPastDue',
    data: { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' },
  }
  const { decision } = given(...rich, runs('Pro30', '30.00'), due).when('buy', basket({ plan: 'Pro30' }), ann, JUNE_19)
  t.match(decision, { facts: [{ data: { amount: '30.00', items: [{ period: july }] } }] })
})

const LEAF_OF_RENEWAL = ahead.length - 1
const back: DataOf<'PurchaseRefunded'> = {
  ...{
    refund: NEW_ID,
    order: idOf(0x41),
    orderLeaf: LEAF_OF_RENEWAL,
    account: 'ann',
    amount: '30.00',
    currency: 'EUR',
  },
  lines: [lineOf('Pro30', 'charge', '30.00')],
}
const refunded: Fact = { type: 'PurchaseRefunded', data: back }
const stopped: Fact = { type: 'SubscriptionCancelled', data: { ...NAMES, endsOn: '2020-07-01' } }
const reverted = (on: string, reason: 'refunded' | 'cancelled'): Fact => ({
  type: 'SubscriptionReverted',
  data: { ...NAMES, on, reason, item: FREE },
})
const renewal = { account: 'ann', subscription: ID, start: '2020-07-01', asOf: '2020-07-01' }
const JULY_1 = '2020-07-01T02:00:00.000Z'

t.test('a period that is given back before it begins ends the plan where it would begin', async (t) => {
  const ask = { order: idOf(0x41) }
  given(...ahead)
    .when('refund-purchase', ask, admin, JUNE_19)
    .then(t, stopped, refunded)
  given(...ahead)
    .when('refund-purchase', ask, admin, JULY_1)
    .then(t, reverted('2020-07-01', 'refunded'), refunded)
  const { subscriptions } = booksOf([...ahead, stopped, refunded]).account('ann')?.own ?? {}
  t.match(subscriptions, [{ plan: { plan: 'Pro30' }, state: 'cancelled', period: { end: '2020-07-01' }, charged: '0' }])
  given(...ahead, stopped, refunded)
    .when('renew', renewal, scheduler, JULY_1)
    .then(t, reverted('2020-07-01', 'cancelled'))
})

t.test('until then it may be gone back to, and is paid with its renewal; nothing else is sold', async (t) => {
  const history = [...ahead, stopped, refunded]
  const books = given(...history)
  for (const plan of ['Enterprise50', 'Basic10', 'Yearly']) {
    books.when('buy', basket({ plan }), ann, JUNE_19).refused(t, 'paid_ahead')
  }
  const again = purchase('0.00', [on('Pro30', '30.00', { waits: true })], [])
  books.when('buy', basket({ plan: 'Pro30' }), ann, JUNE_19).then(t, again)
  const { decision } = given(...history, again).when('renew', renewal, scheduler, JULY_1)
  t.match(decision, { facts: [{ type: 'SubscriptionRenewed', data: { amount: '30.00', items: [{ period: july }] } }] })
  const late = given(...history).when('buy', basket({ plan: 'Pro30' }), ann, JULY_1)
  t.match(late.decision, { facts: [{ data: { amount: '30.00', items: [{ period: { end: '2020-08-01' } }] } }] })
})

t.test('so does a card payment that is returned', async (t) => {
  const data = renewed.type === 'SubscriptionRenewed' ? renewed.data : undefined
  const card = {
    ...{ checkout: idOf(0x41), account: 'ann', purpose: 'renewal' as const, amount: '30.00', currency: 'EUR' },
    ...{ items: data?.items ?? [], lines: data?.lines ?? [] },
  }
  const history: readonly Fact[] = [
    ...ahead.slice(0, -1),
    { type: 'CheckoutStarted', data: { ...card, means: 'stored' } },
    { type: 'CheckoutPaid', data: { ...card, checkoutLeaf: LEAF_OF_RENEWAL, transaction: 't1' } },
  ]
  const returned = { account: 'ann', checkoutLeaf: LEAF_OF_RENEWAL }
  const { decision } = given(...history).when('payment-returned', returned, admin, JUNE_19)
  t.match(decision, { facts: [stopped, { type: 'PaymentReturned' }] })
  const asked: Fact = { type: 'CardRefundRequested', data: { ...back, transaction: 't1' } }
  const done = { account: 'ann', refundLeaf: history.length, transaction: 'r1' }
  const { decision: undone } = given(...history, asked).when('card-refunded', done, asker, JUNE_19)
  t.match(undone, { facts: [stopped, { type: 'CardRefunded' }] })
})
