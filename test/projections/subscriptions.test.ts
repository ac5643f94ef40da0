import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { subscriptions } from '../../src/projections/subscriptions.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { idOf } from '../support/books.js'
import { NOW } from '../support/given.js'
import { decode } from '../support/loop.js'

const id = idOf(1)
const money = { account: 'ann', amount: '5.00', currency: 'EUR' }
const plan = { planVersion: 2, name: 'Basic', type: 'C', price: '5.00', billPeriod: 'M', description: '' }
const line = (item: number, amount: string) => ({ item, plan: 'basic', kind: 'charge' as const, amount })
const period = (start: string, end: string) => ({
  start,
  end,
  anchor: '2026-01-31',
  unit: 'month' as const,
  zone: 'UTC',
})
const first = { plan: 'basic', ...plan, subscription: id, region: 'north', period: period('2026-01-31', '2026-02-28') }
const bought: Fact = {
  type: 'Purchased',
  data: {
    order: id,
    ...money,
    items: [first, { plan: 'once', ...plan, level: 'S', billPeriod: 'once' }],
    lines: [line(0, '3.00'), line(1, '2.00')],
  },
}
const names = { account: 'ann', subscription: id, subscriptionLeaf: 0 }
const second = { ...first, period: period('2026-02-28', '2026-03-31') }
const renewed: Fact = {
  type: 'SubscriptionRenewed',
  data: { order: idOf(2), ...names, amount: '5.00', currency: 'EUR', items: [second], lines: [line(0, '5.00')] },
}
const pastDue: Fact = {
  type: 'SubscriptionPastDue',
  data: { ...names, amount: '5.00', currency: 'EUR', due: '2026-02-28', until: '2026-03-07' },
}
const cancelled: Fact = { type: 'SubscriptionCancelled', data: { ...names, endsOn: '2026-02-28' } }
const ended: Fact = { type: 'SubscriptionEnded', data: { ...names, endedOn: '2026-03-01', reason: 'refunded' } }
const refunded = (order: string, orderLeaf: number): Fact => ({
  type: 'PurchaseRefunded',
  data: { refund: idOf(9), order, orderLeaf, ...money, amount: '1.00', lines: [line(0, '1.00')] },
})

/** What the view holds after these facts, folded in batches of one and in one batch: byte for byte the same. */
const project = async (test: Pick<typeof t, 'equal'>, ...facts: readonly Fact[]) => {
  const store = createMemoryEventStore()
  const metadata = { recordedAt: NOW, actor: 'a', correlationId: 'c', causationId: id }
  const views = createMemoryViewStore()
  const open = async () => {
    const build = await views.createBuild(specOf(subscriptions))
    const sleep = () => Promise.resolve()
    return { build, runner: await openRunner({ projection: subscriptions, build, log: store, sleep }) }
  }
  const { signal } = new AbortController()
  const live = await open()
  for (const [index, fact] of facts.entries()) {
    await store.append('account-ann', index - 1, [encode(fact, 'account-ann', index - 1, metadata)])
    await catchUp({ log: store, decode, consumer: live.runner, signal })
  }
  const rebuilt = await open()
  await catchUp({ log: store, decode, consumer: rebuilt.runner, signal })
  const shown = []
  for (const { build } of [live, rebuilt]) {
    await views.makeLive('subscriptions', build.name)
    const document = await views.reader.document('subscriptions', 'ann')
    const rows = await views.reader.rows('subscriptions', { key: 'ann', direction: 'forwards', max: 10 })
    shown.push({ document, rows })
  }
  test.equal(JSON.stringify(shown[0]), JSON.stringify(shown[1]))
  const [{ document = null, rows = [] } = {}] = shown
  for (const { body } of rows) {
    test.equal(JSON.stringify(subscriptions.rowBody.encode(subscriptions.rowBody.decode(body))), JSON.stringify(body))
  }
  if (document === null) throw new Error('nothing was folded')
  return {
    counts: subscriptions.document.decode(document.body),
    rows: rows.map(({ body }) => subscriptions.rowBody.decode(body)),
    bodies: rows.map(({ body }) => body),
  }
}

t.test('a purchase is a row with its plans as they were bought', async (t) => {
  const { counts, rows, bodies } = await project(t, bought)
  t.same(counts, { purchases: 1, running: 1 })
  t.equal(rows.length, 1)
  const nothing = { until: null, endedOn: null, reason: null }
  t.same(rows[0], {
    order: id,
    recordedAt: NOW,
    currency: 'EUR',
    amount: 500n,
    refunded: 0n,
    items: [
      { plan: first, state: 'active', paidBy: id, ...nothing },
      { plan: { plan: 'once', ...plan, level: 'S', billPeriod: 'once' }, state: 'bought', paidBy: null, ...nothing },
    ],
  })
  t.match(bodies[0], { amount: '5.00', items: [{ plan: 'basic', period: { end: '2026-02-28' } }, { plan: 'once' }] })
})

t.test('renewals, days of grace and the end change the row that began it, and that plan alone', async (t) => {
  const items = async (...facts: readonly Fact[]) => (await project(t, bought, ...facts)).rows[0]?.items ?? []
  t.match(await items(renewed), [{ plan: second, state: 'active', paidBy: idOf(2) }, { state: 'bought' }])
  t.match(await items(pastDue), [{ state: 'past_due', until: '2026-03-07', paidBy: id }, { state: 'bought' }])
  t.match(await items(pastDue, renewed), [{ state: 'active', until: null }, {}])
  t.match(await items(pastDue, cancelled), [{ state: 'cancelled', until: null }, {}])
  t.match(await items(cancelled, ended), [{ state: 'ended', endedOn: '2026-03-01', reason: 'refunded' }, {}])
  t.same((await project(t, bought, ended)).counts, { purchases: 1, running: 0 })
})

t.test('a refund of the purchase shows on it; one of a renewal changes no row', async (t) => {
  t.equal((await project(t, bought, refunded(id, 0))).rows[0]?.refunded, 100n)
  const { rows, counts } = await project(t, bought, renewed, refunded(idOf(2), 1))
  t.equal(rows.length, 1)
  t.equal(rows[0]?.refunded, 0n)
  t.same(counts, { purchases: 1, running: 1 })
})

t.test('folds are total: an event that names what is not there changes nothing else', async (t) => {
  const { rows, counts } = await project(t, renewed, ended)
  t.same(rows, [])
  t.same(counts, { purchases: 0, running: -1 })
})

t.test('a damaged body is not read', async (t) => {
  const [body = {}] = (await project(t, bought)).bodies
  const [item = {}] = (body.items as readonly object[] | undefined) ?? []
  for (const damage of [
    { items: 'x' },
    { items: [5] },
    { order: 1 },
    { items: [{ ...item, state: 'gone' }] },
    { items: [{ ...item, period: { unit: 'week' } }] },
  ])
    t.throws(() => subscriptions.rowBody.decode({ ...body, ...damage }))
})
