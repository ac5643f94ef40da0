import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { subscriptions } from '../../src/projections/subscriptions.js'
import { encode } from '../../src/store/encode.js'
import { logOf } from '../http/world.js'
import { idOf } from '../support/books.js'
import { NOW } from '../support/given.js'
import { project } from '../support/subscriptions-view.js'

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
/** What the event of a fact is called, where it is the first of its stream. */
const hexOf = (fact: Fact): string => {
  const metadata = { recordedAt: NOW, actor: 'a', correlationId: 'c', causationId: idOf(1) }
  return hexId(encode(fact, 'account-ann', -1, metadata).id)
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

t.test('a purchase is a row with its plans as they were bought', async (t) => {
  const { counts, rows, bodies } = await project(t, bought)
  t.same(counts, { purchases: 1, running: 1 })
  t.equal(rows.length, 1)
  const none = { sms: '0', email: '0', notification: '0', storage: '0' }
  const nothing = { until: null, next: null, draft: null, used: none, usedIn: null, endedOn: null, reason: null }
  const paid = { by: id, hex: hexOf(bought) }
  t.same(rows[0], {
    kind: 'purchase',
    order: id,
    recordedAt: NOW,
    currency: 'EUR',
    amount: 500n,
    refunded: 0n,
    items: [
      { plan: first, state: 'active', paid, ...nothing },
      { plan: { plan: 'once', ...plan, level: 'S', billPeriod: 'once' }, state: 'bought', paid: null, ...nothing },
    ],
  })
  t.match(bodies[0], {
    amount: '5.00',
    items: [{ plan: { plan: 'basic', period: { end: '2026-02-28' } } }, { plan: { plan: 'once' } }],
  })
})

t.test('renewals, days of grace and the end change the row that began it, and that plan alone', async (t) => {
  const items = async (...facts: readonly Fact[]) => {
    const [row] = (await project(t, bought, ...facts)).rows
    return row?.kind === 'purchase' ? row.items : []
  }
  t.match(await items(renewed), [{ plan: second, state: 'active', paid: { by: idOf(2) } }, { state: 'bought' }])
  t.match(await items(pastDue), [{ state: 'past_due', until: '2026-03-07', paid: { by: id } }, { state: 'bought' }])
  t.match(await items(pastDue, renewed), [{ state: 'active', until: null }, {}])
  t.match(await items(pastDue, cancelled), [{ state: 'cancelled', until: null }, {}])
  t.match(await items(cancelled, ended), [{ state: 'ended', endedOn: '2026-03-01', reason: 'refunded' }, {}])
  t.same((await project(t, bought, ended)).counts, { purchases: 1, running: 0 })
})

t.test('a refund of the purchase shows on it; one of a renewal changes no row', async (t) => {
  t.match((await project(t, bought, refunded(id, 0))).rows, [{ refunded: 100n }])
  const { rows, counts } = await project(t, bought, renewed, refunded(idOf(2), 1))
  t.equal(rows.length, 1)
  t.match(rows, [{ refunded: 0n }])
  t.same(counts, { purchases: 1, running: 1 })
})

t.test('folds are total: an event that names what is not there changes nothing else', async (t) => {
  const { rows, counts } = await project(t, renewed, ended)
  t.same(rows, [])
  t.same(counts, { purchases: 0, running: -1 })
  const [row] = (await project(t, bought)).rows
  const [event] = logOf([bought])
  if (row?.kind !== 'purchase' || event?.type !== 'Purchased') throw new Error('nothing was bought')
  t.match(subscriptions.evolveRow(row, event, { leaf: 0, key: 'ann', context: {} }), {
    items: [{ plan: { plan: 'basic' } }, row.items[1]],
  })
})

t.test('a damaged body is not read', async (t) => {
  const [body = {}] = (await project(t, bought)).bodies
  const [item = {}] = (body.items as readonly object[] | undefined) ?? []
  for (const damage of [
    { items: 'x' },
    { items: [5] },
    { order: 1 },
    { items: [{ ...item, state: 'gone' }] },
    { items: [{ ...item, plan: { ...plan, plan: 'basic', period: { unit: 'week' } } }] },
    { kind: 'gift' },
  ])
    t.throws(() => subscriptions.rowBody.decode({ ...body, ...damage }))
})
