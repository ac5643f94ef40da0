import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { MAX_SUBSCRIPTIONS } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { authorized, frozen, of, opened, published, recharged, region } from '../../support/facts.js'
import { given, NEW_ID, NOW } from '../../support/given.js'

const ann = actor('ann')
const sold: readonly Fact[] = [
  published('basic', '5.00'),
  published('local', '5.00', { region: 'north', billPeriod: 'once', level: 'S' }),
  published('dollar', '9.00', { currency: 'USD' }),
  published('gone', '1.00'),
  { type: 'CatalogueItemRetired', data: { kind: 'plan', id: 'gone', itemVersion: 1, itemLeaf: 3 } },
  region('north'),
  region('south'),
  region('old'),
  { type: 'CatalogueItemRetired', data: { kind: 'region', id: 'old', itemVersion: 1, itemLeaf: 7 } },
]
const open = [...sold, opened('ann'), recharged('ann', '5.00')]
const basic = { account: 'ann', plan: 'basic' }

const plan = { plan: 'basic', planVersion: 1, name: 'Plan basic', type: 'C', price: '5.00', billPeriod: 'M' }

/** What is bought on 1 March: it is 20:00 then in the zone of the tests. */
const bought = (more: Partial<DataOf<'Purchased'>> = {}): Fact => ({
  type: 'Purchased',
  data: {
    order: NEW_ID,
    account: 'ann',
    amount: '5.00',
    currency: 'EUR',
    items: [
      {
        ...plan,
        description: 'a plan',
        subscription: NEW_ID,
        period: { start: '2026-03-01', end: '2026-04-01', anchor: '2026-03-01', unit: 'month', zone: 'Asia/Shanghai' },
      },
    ],
    lines: [{ item: 0, plan: 'basic', kind: 'charge', amount: '5.00' }],
    ...more,
  },
})

const subscribed = (n: number): Fact => ({
  type: 'Purchased',
  data: {
    order: idOf(n),
    account: 'ann',
    amount: '0.00',
    currency: 'EUR',
    items: [
      {
        ...plan,
        description: '',
        subscription: idOf(n),
        period: { start: '2026-03-01', end: '2026-04-01', anchor: '2026-03-01', unit: 'month', zone: 'UTC' },
      },
    ],
    lines: [{ item: 0, plan: 'basic', kind: 'charge', amount: '0.00' }],
  },
})

t.test('checkout: refused, in this order', async (t) => {
  const many = Array.from({ length: MAX_SUBSCRIPTIONS }, (_, n) => subscribed(n + 1))
  const full = given(...open, ...many, frozen('ann'))
  const bad = { account: 'zoe', plan: 'nowhere', region: 'nowhere' }
  full.when('checkout', bad, ann).refused(t, 'forbidden', 'request')
  full.when('checkout', bad, admin).refused(t, 'account_not_found')
  full.when('checkout', { ...bad, account: 'ann' }, ann).refused(t, 'plan_not_found')
  full.when('checkout', { ...bad, account: 'ann', plan: 'gone' }, ann).refused(t, 'plan_not_found')
  full.when('checkout', { ...bad, account: 'ann', plan: 'local' }, ann).refused(t, 'region_not_found')
  full.when('checkout', { ...basic, region: 'old' }, ann).refused(t, 'region_not_found')
  full.when('checkout', { ...basic, plan: 'local', region: 'south' }, ann).refused(t, 'plan_not_sold_there')
  full.when('checkout', { ...basic, plan: 'dollar', region: 'south' }, ann).refused(t, 'wrong_currency')
  full.when('checkout', basic, ann).refused(t, 'too_many_subscriptions')
  full.when('checkout', { ...basic, plan: 'local' }, ann).refused(t, 'account_frozen')
  const poor = given(...sold, opened('ann'), recharged('ann', '4.99'))
  poor.when('checkout', basic, ann).refused(t, 'insufficient_funds')
})

t.test('a plan is bought with all that is known of it, by the owner, a service or an admin', async (t) => {
  for (const who of [ann, actor('shop', ['ann']), admin])
    given(...open)
      .when('checkout', basic, who)
      .then(t, bought())
})

t.test('the day it begins is that of the zone', async (t) => {
  const items = [
    {
      ...plan,
      description: 'a plan',
      subscription: NEW_ID,
      period: { start: '2026-03-02', end: '2026-04-02', anchor: '2026-03-02', unit: 'month', zone: 'Asia/Shanghai' },
    },
  ] as const
  given(...open)
    .when('checkout', basic, ann, '2026-03-01T16:00:00.000Z')
    .then(t, bought({ items: [...items] }))
})

t.test(
  'a plan that is not renewed opens no subscription; it is sold in its own region where none is named',
  async (t) => {
    const local = { ...plan, plan: 'local', name: 'Plan local', billPeriod: 'once', level: 'S', region: 'north' }
    const then = bought({
      items: [{ ...local, description: 'a plan' }],
      lines: [{ item: 0, plan: 'local', kind: 'charge', amount: '5.00' }],
    })
    given(...open)
      .when('checkout', { ...basic, plan: 'local' }, ann)
      .then(t, then)
    given(...open)
      .when('checkout', { ...basic, plan: 'local', region: 'north' }, ann)
      .then(t, then)
    given(...sold, opened('ann'), opened('bob'), recharged('ann', '5.00'))
      .when('checkout', { ...basic, region: 'south' }, ann)
      .then(t, {
        ...bought(),
        data: {
          ...(bought().data as DataOf<'Purchased'>),
          items: (bought().data as DataOf<'Purchased'>).items.map((item) => ({ ...item, region: 'south' })),
        },
      } as Fact)
  },
)

t.test('the newest version is sold, a published one again after it was retired', async (t) => {
  const again = published('gone', '2.00', { itemVersion: 2, itemLeaf: 3, billPeriod: 'once' })
  const item = { ...plan, plan: 'gone', planVersion: 2, name: 'Plan gone', price: '2.00', billPeriod: 'once' }
  given(...open, again)
    .when('checkout', { ...basic, plan: 'gone' }, ann)
    .then(
      t,
      bought({
        amount: '2.00',
        items: [{ ...item, description: 'a plan' }],
        lines: [{ item: 0, plan: 'gone', kind: 'charge', amount: '2.00' }],
      }),
    )
})

t.test('a free plan is bought with an empty account, and by one below zero, but not by a frozen one', async (t) => {
  const free = published('free', '0.00', { billPeriod: 'once' })
  const item = { ...plan, plan: 'free', name: 'Plan free', price: '0.00', billPeriod: 'once', description: 'a plan' }
  const lines = [{ item: 0, plan: 'free', kind: 'charge' as const, amount: '0.00' }]
  const down = { transfer: idOf(1), account: 'ann', direction: 'down', amount: '0.01', currency: 'EUR' } as const
  const taken: Fact = { type: 'Adjusted', data: { ...down, reason: 'r', approver: 'operator' } }
  for (const facts of [[], [taken]]) {
    given(opened('ann'), free, ...facts)
      .when('checkout', { ...basic, plan: 'free' }, ann)
      .then(t, bought({ amount: '0.00', items: [item], lines }))
  }
  given(opened('ann'), free, frozen('ann'))
    .when('checkout', { ...basic, plan: 'free' }, ann)
    .refused(t, 'account_frozen')
})

const lives = (taxCountry: string): Fact => ({
  type: 'CustomerChanged',
  data: { account: 'ann', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry },
})

t.test('where the customer lives, the tax of the day is added: what is paid is the whole', async (t) => {
  const line = { item: 0, plan: 'basic', kind: 'charge', amount: '5.00' } as const
  const taxed = (amount: string, due: string, rate: string) => ({
    amount,
    lines: [line, { ...line, kind: 'tax' as const, amount: due }],
    tax: { country: 'SG', rate },
  })
  const inSingapore = given(...open, lives('SG'), recharged('ann', '0.45', 2))
  inSingapore.when('checkout', basic, ann).then(t, bought(taxed('5.45', '0.45', '9')))
  given(...open, lives('SG'), recharged('ann', '0.44', 2))
    .when('checkout', basic, ann)
    .refused(t, 'insufficient_funds')
  // It is the next day already in the zone of the tests.
  inSingapore.when('checkout', basic, ann, '2026-03-01T16:00:00.000Z').refused(t, 'insufficient_funds')
  given(...open, lives('NZ'))
    .when('checkout', basic, ann)
    .then(t, bought())
})

t.test(
  'of a plan that costs nothing no tax is due, and no price with its tax is more than an amount may be',
  async (t) => {
    const free = published('free', '0.00', { billPeriod: 'once' })
    const item = { ...plan, plan: 'free', name: 'Plan free', price: '0.00', billPeriod: 'once', description: 'a plan' }
    const lines = [{ item: 0, plan: 'free', kind: 'charge' as const, amount: '0.00' }]
    given(opened('ann'), free, lives('SG'))
      .when('checkout', { ...basic, plan: 'free' }, ann)
      .then(t, bought({ amount: '0.00', items: [item], lines, tax: { country: 'SG', rate: '9' } }))
    const most = published('most', '999999999999999999999999.99', { billPeriod: 'once' })
    given(opened('ann'), most, lives('SG'))
      .when('checkout', { ...basic, plan: 'most' }, ann)
      .refused(t, 'invalid_amount')
    given(opened('ann'), most)
      .when('checkout', { ...basic, plan: 'most' }, ann)
      .refused(t, 'insufficient_funds')
  },
)

t.test('holds that have run out are released ahead of a purchase that needs their money', async (t) => {
  given(...open, opened('bob'), authorized(['ann', 'bob'], '1.00', 7, NOW))
    .when('checkout', basic, ann)
    .then(t, { type: 'HoldExpired', data: { ...of(7, 12, ['ann', 'bob']), amount: '1.00' } }, bought())
})
