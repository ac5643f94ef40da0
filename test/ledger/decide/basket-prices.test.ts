import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { BoughtPlan } from '../../../src/ledger/state.js'
import { actor } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { FREE, ID, LEAF, NAMES } from '../../support/device.js'
import { granted, promocode } from '../../support/facts.js'
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
  twelve,
} from '../../support/plans.js'

const ann = actor('ann')

t.test('add-ons are the full set from now on, each its own line; the free plan may have some too', async (t) => {
  const rebate = { plan: 'Pro30', charged: '33.00', remainingDays: 12, totalDays: 30 }
  const before = runs('Pro30', '33.00', { price: '30.00', addons: [bought('more'), bought('space')] })
  const item = on('Enterprise50', '50.00', {
    ...rest,
    addons: [bought('space')],
    charged: '20.60',
    proration: { ...twelve, rebate },
  })
  const lines = [
    lineOf('Enterprise50', 'charge', '20.00'),
    lineOf('space', 'charge', '0.60'),
    lineOf('Pro30', 'rebate', '13.20'),
  ]
  given(...rich, before)
    .when('buy', basket({ addons: ['space'] }), ann, JUNE_19)
    .then(t, purchase('7.40', [item], lines))
  const freeWith = { ...FREE, subscription: ID, subscriptionLeaf: LEAF, addons: [bought('more')] }
  given(...rich)
    .when('buy', basket({ plan: 'Free', addons: ['more'] }), ann, JUNE_19)
    .then(t, purchase('0.60', [{ ...freeWith, ...rest, charged: '0.60' }], [lineOf('more', 'charge', '0.60')]))
  const waits: BoughtPlan = { ...freeWith, waits: true }
  given(...rich, runs('Pro30', '30.00'))
    .when('buy', basket({ plan: 'Free', addons: ['more'] }), ann, JUNE_19)
    .then(t, purchase('0.00', [waits], []))
  const renewal = { account: 'ann', subscription: ID, start: '2020-07-01', asOf: '2020-07-01' }
  const july = { ...juneFrom(19), start: '2020-07-01', end: '2020-08-01' }
  given(...rich, runs('Pro30', '30.00'), purchase('0.00', [waits], []))
    .when('renew', renewal, actor('system:renewals', []), '2020-07-01T02:00:00.000Z')
    .then(t, {
      type: 'SubscriptionRenewed',
      data: {
        order: NEW_ID,
        ...NAMES,
        amount: '1.50',
        currency: 'EUR',
        items: [{ ...freeWith, period: july, charged: '1.50' }],
        lines: [lineOf('more', 'charge', '1.50')],
      },
    })
})

const promo = (type: 'percent' | 'fixed', value: string, periods = 1) =>
  granted(promocode('code', { type, value, periods, ...(type === 'fixed' && { currency: 'EUR' }) }), 'ann', 1, 30)

t.test('a promocode lowers what is paid now: a part, an amount, or all of it', async (t) => {
  const lowered = (type: 'percent' | 'fixed', value: string, periodsLeft: number) => ({
    code: 'code',
    grantLeaf: rich.length,
    type,
    value,
    periodsLeft,
  })
  const cases = [
    ['percent', '12.5', 3, '2.50', '17.50'],
    ['fixed', '5.00', 1, '5.00', '15.00'],
    ['fixed', '50.00', 1, '20.00', '0.00'],
    ['percent', '100', 1, '20.00', '0.00'],
  ] as const
  for (const [type, value, periods, discount, charged] of cases) {
    const item = { ...enterprise, charged, promocode: lowered(type, value, periods - 1) }
    const lines = [lineOf('Enterprise50', 'charge', '20.00'), lineOf('Enterprise50', 'discount', discount)]
    given(...rich, promo(type, value, periods))
      .when('buy', basket({ promocode: 'code' }), ann, JUNE_19)
      .then(t, purchase(charged, [item], lines))
  }
})

t.test('what a promocode of 100 % has paid is not given back', async (t) => {
  const free = { ...enterprise, plan: 'Pro30', price: '30.00', charged: '0.00' }
  const rebate = { plan: 'Pro30', charged: '0.00', remainingDays: 12, totalDays: 12 }
  const item = { ...enterprise, proration: { ...twelve, rebate } }
  given(...rich, purchase('0.00', [free], []))
    .when('buy', basket({}), ann, JUNE_19)
    .then(t, purchase('20.00', [item], [lineOf('Enterprise50', 'charge', '20.00')]))
})

const customer: Fact = {
  type: 'CustomerChanged',
  data: { account: 'ann', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
}
const tax = { country: 'SG', rate: '7' }

t.test(
  'tax is that of the customer’s country on the day, on what is paid, and no part of what is given back',
  async (t) => {
    const lines = [lineOf('Enterprise50', 'charge', '20.00'), lineOf('Enterprise50', 'tax', '1.40')]
    given(...rich, customer)
      .when('buy', basket({}), ann, JUNE_19)
      .then(t, purchase('21.40', [enterprise], lines, { tax }))
    const fifth = [
      lineOf('Enterprise50', 'charge', '20.00'),
      lineOf('Enterprise50', 'discount', '2.00'),
      lineOf('Enterprise50', 'tax', '1.26'),
    ]
    const lowered = { code: 'code', grantLeaf: rich.length + 1, type: 'percent', value: '10', periodsLeft: 0 } as const
    given(...rich, customer, promo('percent', '10'))
      .when('buy', basket({ promocode: 'code' }), ann, JUNE_19)
      .then(t, purchase('19.26', [{ ...enterprise, charged: '18.00', promocode: lowered }], fifth, { tax }))
  },
)

const device = (n: number): Fact => ({
  type: 'SubscriptionOpened',
  data: { subscription: idOf(0x100 + n), account: 'ann', device: `D${n}`, item: FREE },
})

t.test('three items with two promocodes are one sum of all their lines, numbered by item', async (t) => {
  const half = granted(promocode('half', { value: '50' }), 'ann', 1, 31)
  const facts = [...rich, customer, device(1), device(2), promo('fixed', '5.00'), half]
  const [second, third] = [rich.length + 1, rich.length + 2]
  const items = [
    { promocode: 'code' },
    { subscription: idOf(0x101), plan: 'Pro30', addons: ['more'] },
    { subscription: idOf(0x102), plan: 'Basic10', promocode: 'half' },
  ]
  const lowered = (code: string, grantLeaf: number, type: 'fixed' | 'percent', value: string) => ({
    promocode: { code, grantLeaf, type, value, periodsLeft: 0 },
  })
  const sold = [
    { ...enterprise, charged: '15.00', ...lowered('code', rich.length + 3, 'fixed', '5.00') },
    on('Pro30', '30.00', {
      ...rest,
      subscription: idOf(0x101),
      subscriptionLeaf: second,
      addons: [bought('more')],
      charged: '12.60',
    }),
    on('Basic10', '10.00', {
      ...rest,
      subscription: idOf(0x102),
      subscriptionLeaf: third,
      charged: '2.00',
      ...lowered('half', rich.length + 4, 'percent', '50'),
    }),
  ]
  const of = (item: number, ...line: Parameters<typeof lineOf>) => ({ ...lineOf(...line), item })
  const lines = [
    of(0, 'Enterprise50', 'charge', '20.00'),
    of(0, 'Enterprise50', 'discount', '5.00'),
    of(0, 'Enterprise50', 'tax', '1.05'),
    of(1, 'Pro30', 'charge', '12.00'),
    of(1, 'more', 'charge', '0.60'),
    of(1, 'Pro30', 'tax', '0.88'),
    of(2, 'Basic10', 'charge', '4.00'),
    of(2, 'Basic10', 'discount', '2.00'),
    of(2, 'Basic10', 'tax', '0.14'),
  ]
  given(...facts)
    .when('buy', basket(...items), ann, JUNE_19)
    .then(t, purchase('31.67', sold, lines, { tax }))
})

t.test('twenty items of twenty add-ons each are one event', async (t) => {
  const ids = Array.from({ length: 20 }, (_, n) => n)
  const packs = ids.map(
    (n): Fact => ({
      type: 'AddonPublished',
      data: { addon: `a${n}`, itemVersion: 1, name: 'a', price: '1.00', currency: 'EUR', quotas: {} },
    }),
  )
  const addons = ids.map((n) => `a${n}`)
  const codes = ids.map((n) => granted(promocode(`c${n}`), 'ann', 1, 0x300 + n))
  const items = ids.map((n) => ({ subscription: idOf(0x100 + n), addons, promocode: `c${n}` }))
  const { decision } = given(...rich, customer, ...packs, ...codes, ...ids.map(device)).when(
    'buy',
    basket(...items),
    ann,
    JUNE_19,
  )
  const fact = decision.kind === 'facts' ? decision.facts[0] : undefined
  if (fact?.type !== 'Purchased') throw new Error(JSON.stringify(decision))
  t.equal(fact.data.lines.length, 20 * 23)
  t.equal(fact.data.amount, '539.20', '20 × (28.00 − 2.80 + 1.76): tax is rounded item by item')
  t.same(
    fact.data.lines.map(({ item }) => item),
    ids.flatMap((n) => Array(23).fill(n)),
  )
})
