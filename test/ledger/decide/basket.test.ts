import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import type { BoughtPlan } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { eventIdOf, idOf } from '../../support/books.js'
import { cancelled, FREE, ID, LEAF, NAMES, reverted } from '../../support/device.js'
import { granted, promocode, published, retired } from '../../support/facts.js'
import { given, NEW_ID } from '../../support/given.js'
import {
  basket,
  bought,
  enterprise,
  JUNE_19,
  juneFrom,
  lineOf,
  on,
  purchase,
  rest,
  rich,
  runs,
  shop,
  twelve,
} from '../../support/plans.js'

const ann = actor('ann')

t.test('the first plan that is paid costs the rest of the calendar month, in the configured zone', async (t) => {
  const first = purchase('20.00', [enterprise], [lineOf('Enterprise50', 'charge', '20.00')])
  for (const who of [ann, actor('shop', ['ann']), admin]) {
    given(...rich)
      .when('buy', basket({}), who, JUNE_19)
      .then(t, first)
  }
  const hex = hexId(eventIdOf(LEAF))
  given(...rich)
    .when('buy', basket({ subscription: hex }), ann, '2020-06-18T16:00:00.000Z')
    .then(t, first)
  given(...rich)
    .when('buy', basket({}), ann, '2020-06-18T15:59:59.999Z')
    .then(
      t,
      purchase(
        '21.67',
        [
          on('Enterprise50', '50.00', {
            period: juneFrom(18),
            charged: '21.67',
            proration: { on: '2020-06-18', remainingDays: 13, totalDays: 30 },
          }),
        ],
        [lineOf('Enterprise50', 'charge', '21.67')],
      ),
    )
})

t.test('on the first of the month, and by the year, a whole period is paid', async (t) => {
  const june = { ...juneFrom(19), start: '2020-06-01' }
  given(...rich)
    .when('buy', basket({}), ann, '2020-05-31T16:00:00.000Z')
    .then(
      t,
      purchase(
        '50.00',
        [on('Enterprise50', '50.00', { period: june, charged: '50.00' })],
        [lineOf('Enterprise50', 'charge', '50.00')],
      ),
    )
  const year = { ...june, start: '2020-06-19', end: '2021-06-19', anchor: '2020-06-19', unit: 'year' } as const
  const yearly = on('Yearly', '120.00', { billPeriod: 'yearly', period: year, charged: '120.00' })
  given(...rich)
    .when('buy', basket({ plan: 'Yearly' }), ann, JUNE_19)
    .then(t, purchase('120.00', [yearly], [lineOf('Yearly', 'charge', '120.00')]))
})

t.test('a card pays the same as the balance: its event has the same items, lines and tax', async (t) => {
  const data = { account: 'ann', amount: '20.00', currency: 'EUR', items: [enterprise] }
  given(...shop)
    .when('start-checkout', { ...basket({}), cart: [idOf(20)], means: 'nonce' }, ann, JUNE_19)
    .then(t, {
      type: 'CheckoutStarted',
      data: {
        checkout: NEW_ID,
        purpose: 'purchase',
        ...data,
        lines: [lineOf('Enterprise50', 'charge', '20.00')],
        cart: [idOf(20)],
        means: 'nonce',
      },
    })
})

t.test('a dearer plan costs the days that are left, less what they were paid with', async (t) => {
  const rebate = { plan: 'Pro30', charged: '30.00', remainingDays: 12, totalDays: 30 }
  const up = on('Enterprise50', '50.00', { ...rest, charged: '20.00', proration: { ...twelve, rebate } })
  const lines = [lineOf('Enterprise50', 'charge', '20.00'), lineOf('Pro30', 'rebate', '12.00')]
  given(...rich, runs('Pro30', '30.00'))
    .when('buy', basket({}), ann, JUNE_19)
    .then(t, purchase('8.00', [up], lines))
})

t.test(
  'a cheaper plan waits for the end of the period, with its add-ons and its promocode, and costs nothing',
  async (t) => {
    const more = granted(promocode('half', { value: '50', periods: 3 }), 'ann', 1, 30)
    const item = { plan: 'Basic10', addons: ['more'], promocode: 'half' }
    const lowered = { code: 'half', grantLeaf: shop.length + 2, type: 'percent', value: '50', periodsLeft: 3 } as const
    const down = on('Basic10', '10.00', { addons: [bought('more')], promocode: lowered, waits: true })
    const facts = [...rich, runs('Pro30', '30.00'), more]
    given(...facts)
      .when('buy', basket(item), ann, JUNE_19)
      .then(t, purchase('0.00', [down], []))
    given(...facts)
      .when('start-checkout', { ...basket(item), means: 'nonce' }, ann, JUNE_19)
      .refused(t, 'nothing_to_charge')
    const renewal = { account: 'ann', subscription: ID, start: '2020-07-01', asOf: '2020-07-01' }
    const july = { ...juneFrom(19), start: '2020-07-01', end: '2020-08-01' }
    const { waits: _, ...next } = down
    given(...facts, purchase('0.00', [down], []))
      .when('renew', renewal, actor('system:renewals', []), '2020-07-01T02:00:00.000Z')
      .then(t, {
        type: 'SubscriptionRenewed',
        data: {
          order: NEW_ID,
          ...NAMES,
          amount: '5.75',
          currency: 'EUR',
          items: [{ ...next, period: july, charged: '5.75', promocode: { ...lowered, periodsLeft: 2 } }],
          lines: [
            lineOf('Basic10', 'charge', '10.00'),
            lineOf('more', 'charge', '1.50'),
            lineOf('Basic10', 'discount', '5.75'),
          ],
        },
      })
  },
)

t.test('the free plan comes when the period ends, also where nothing was paid for it, or it is past due', async (t) => {
  const free: BoughtPlan = { ...FREE, subscription: ID, subscriptionLeaf: LEAF, waits: true }
  const ask = basket({ plan: 'Free' })
  const due = { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' }
  const late: Fact = { type: 'SubscriptionPastDue', data: due }
  for (const facts of [[runs('Pro30', '30.00')], [runs('Pro30', '30.00', { charged: '0.00' })]]) {
    given(...rich, ...facts)
      .when('buy', ask, ann, JUNE_19)
      .then(t, purchase('0.00', [free], []))
  }
  given(...rich, runs('Pro30', '30.00'), late)
    .when('buy', ask, ann, '2020-07-03T02:00:00.000Z')
    .then(t, purchase('0.00', [free], []))
  given(...rich, runs('Pro30', '30.00'), late, purchase('0.00', [free], []))
    .when(
      'renew',
      { account: 'ann', subscription: ID, start: '2020-07-01', asOf: '2020-07-03' },
      actor('system:renewals', []),
      '2020-07-03T02:00:00.000Z',
    )
    .then(t, reverted('2020-07-01', 'cancelled'))
})

t.test('the plan that was cancelled runs on, without being paid twice', async (t) => {
  const lowered = { code: 'half', grantLeaf: 1, type: 'percent', value: '50', periodsLeft: 2 } as const
  for (const more of [{}, { charged: '0.00' }, { promocode: lowered, charged: '15.00' }]) {
    const { charged: _, ...kept } = { charged: '', ...more }
    given(...rich, runs('Pro30', '30.00', more), cancelled)
      .when('buy', basket({ plan: 'Pro30' }), ann, JUNE_19)
      .then(t, purchase('0.00', [on('Pro30', '30.00', { ...kept, waits: true })], []))
  }
})

t.test(
  'the running plan is asked for again: with a promocode, at a new price, or instead of one that waits',
  async (t) => {
    const again = basket({ plan: 'Pro30' })
    const waiting = purchase('0.00', [on('Basic10', '10.00', { waits: true })], [])
    given(...rich, runs('Pro30', '30.00'), waiting)
      .when('buy', again, ann, JUNE_19)
      .then(t, purchase('0.00', [on('Pro30', '30.00', { waits: true })], []))
    const dearer = published('Pro30', '40.00', { itemVersion: 2 })
    given(...rich, dearer, runs('Pro30', '30.00'), cancelled)
      .when('buy', again, ann, JUNE_19)
      .then(t, purchase('0.00', [on('Pro30', '40.00', { planVersion: 2, waits: true })], []))
    const half = granted(promocode('half', { value: '50', periods: 1 }), 'ann', 1, 30)
    const used = { code: 'half', grantLeaf: shop.length + 1, type: 'percent', value: '50', periodsLeft: 1 } as const
    given(...rich, half, runs('Pro30', '30.00'))
      .when('buy', basket({ plan: 'Pro30', promocode: 'half' }), ann, JUNE_19)
      .then(t, purchase('0.00', [on('Pro30', '30.00', { promocode: used, waits: true })], []))
  },
)

t.test('one that was cancelled and is over begins anew; one whose renewal is due pays the next period', async (t) => {
  const day = '2020-07-02T02:00:00.000Z'
  const fresh = { ...juneFrom(19), start: '2020-07-02', end: '2020-08-01', anchor: '2020-08-01' }
  const days = { on: '2020-07-02', remainingDays: 30, totalDays: 31 }
  const anew = on('Pro30', '30.00', { period: fresh, charged: '29.03', proration: days })
  given(...rich, runs('Pro30', '30.00'), cancelled)
    .when('buy', basket({ plan: 'Pro30' }), ann, day)
    .then(t, purchase('29.03', [anew], [lineOf('Pro30', 'charge', '29.03')]))
  const july = { ...juneFrom(19), start: '2020-07-01', end: '2020-08-01' }
  const next = on('Enterprise50', '50.00', { period: july, charged: '50.00' })
  given(...rich, runs('Pro30', '30.00'))
    .when('buy', basket({}), ann, day)
    .then(t, purchase('50.00', [next], [lineOf('Enterprise50', 'charge', '50.00')]))
  const due = { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' }
  const late: Fact = { type: 'SubscriptionPastDue', data: due }
  given(...rich, runs('Pro30', '30.00'), late)
    .when('buy', basket({}), ann, day)
    .then(t, purchase('50.00', [next], [lineOf('Enterprise50', 'charge', '50.00')]))
  given(...rich, runs('Pro30', '30.00'), late)
    .when('buy', basket({ plan: 'Pro30' }), ann, day)
    .then(
      t,
      purchase(
        '30.00',
        [on('Pro30', '30.00', { period: july, charged: '30.00' })],
        [lineOf('Pro30', 'charge', '30.00')],
      ),
    )
})

t.test('a plan of another bill period begins today, at its full price', async (t) => {
  const year = { ...juneFrom(19), end: '2021-06-19', anchor: '2020-06-19', unit: 'year' } as const
  const rebate = { plan: 'Pro30', charged: '30.00', remainingDays: 12, totalDays: 30 }
  const yearly = on('Yearly', '120.00', {
    billPeriod: 'yearly',
    period: year,
    charged: '120.00',
    proration: { on: '2020-06-19', remainingDays: 365, totalDays: 365, rebate },
  })
  const lines = [lineOf('Yearly', 'charge', '120.00'), lineOf('Pro30', 'rebate', '12.00')]
  given(...rich, runs('Pro30', '30.00'))
    .when('buy', basket({ plan: 'Yearly' }), ann, JUNE_19)
    .then(t, purchase('108.00', [yearly], lines))
})

t.test('a retired plan that was cancelled goes on as it was bought; it is not sold anew', async (t) => {
  const again = basket({ plan: 'Pro30' })
  const before = [...rich, published('Pro30', '40.00', { itemVersion: 2, level: 'L', quotas: { sms: '9' } })]
  const gone = [cancelled, retired('plan', 'Pro30')]
  for (const more of [{}, { level: 'S', quotas: { sms: '5' } }]) {
    given(...before, runs('Pro30', '30.00', more), ...gone)
      .when('buy', again, ann, JUNE_19)
      .then(t, purchase('0.00', [on('Pro30', '30.00', { ...more, waits: true })], []))
  }
  given(...before, runs('Pro30', '30.00'), retired('plan', 'Pro30'))
    .when('buy', again, ann, JUNE_19)
    .refused(t, 'subscription_unchanged')
  const over = given(...before, runs('Pro30', '30.00'), ...gone)
  over.when('buy', again, ann, '2020-07-02T02:00:00.000Z').refused(t, 'plan_not_found')
  over.when('buy', basket({ plan: 'Pro30', addons: ['more'] }), ann, JUNE_19).refused(t, 'plan_not_found')
})

t.test('so do its add-ons', async (t) => {
  const addons = [bought('more'), bought('space')]
  const again = basket({ plan: 'Pro30', addons: ['more', 'space'] })
  given(...rich, runs('Pro30', '30.00', { addons }), cancelled, retired('addon', 'more'))
    .when('buy', again, ann, JUNE_19)
    .then(t, purchase('0.00', [on('Pro30', '30.00', { addons, waits: true })], []))
  given(...rich, runs('Pro30', '30.00', { addons: [bought('space')] }), cancelled, retired('addon', 'more'))
    .when('buy', again, ann, JUNE_19)
    .refused(t, 'item_not_found')
})
