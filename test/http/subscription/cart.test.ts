import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { LedgerEvent } from '../../../events/envelope.js'
import type { Outcome } from '../../../src/commands/port.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import { bearer, createWorld, eventId, id, logOf } from '../world.js'

const hex = (digit: string): string => digit.repeat(24)
const item = { account: 'alice', item: id(20), subscription: id(7), subscriptionHex: hex('a'), plan: 'pro' }
const opened: Fact = { type: 'AccountOpened', data: { owner: 'alice', currency: 'EUR', creditLimit: '0.00' } }
const added: Fact = { type: 'CartItemAdded', data: { ...item, addons: ['more'], promocode: 'ten' } }
const createdAt = '2026-02-01T01:00:00.000Z'
const changed: Fact = {
  type: 'CartItemChanged',
  data: { ...item, itemLeaf: 1, createdAt, subscriptionHex: hex('b'), plan: 'basic', addons: [] },
}
const other: Fact = { type: 'CartItemAdded', data: { ...item, item: id(21), addons: [] } }
const facts = [opened, added, other]
const log = logOf([opened, added, changed])
/** Ids of the payments API: those of the events that put the items in. */
const [first, second] = [hexId(eventId(1)), hexId(eventId(2))]

const bodies = {
  first: {
    _id: first,
    createdAt: '1769907600',
    modifiedAt: '1769907600',
    subscription_id: hex('a'),
    plan_id: 'pro',
    addon_ids: ['more'],
    promocode: 'ten',
  },
  second: {
    _id: second,
    createdAt: '1769911200',
    modifiedAt: '1769911200',
    subscription_id: hex('a'),
    plan_id: 'pro',
    addon_ids: [],
    promocode: null,
  },
}

const ask = async (
  world: ReturnType<typeof createWorld>,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
) => {
  const reply = await world.app.inject({
    method,
    url: `/payment/cartitem/${path}`,
    headers: { authorization: bearer('alice'), 'content-type': 'application/json' },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
  const [one] = world.asked.splice(0)
  return { status: reply.statusCode, body: reply.json(), asked: one && [one.name, one.input] }
}

const start = (...story: readonly Fact[]) => createWorld(story)
const done = (event: LedgerEvent | undefined): Outcome => {
  if (event === undefined) throw new Error('no such event')
  return { kind: 'done', event, replayed: false, standing: null }
}

const ok = (data: unknown) => ({ status: 'OK', message: '', data })

t.test('the caller sees his cart, oldest item first, and each of its items', async (t) => {
  const world = start(...facts)
  t.match(await ask(world, 'GET', ''), { status: 200, body: ok([bodies.first, bodies.second]) })
  t.strictSame((await ask(world, 'GET', `${first}/`)).body, ok(bodies.first))
  t.strictSame((await ask(world, 'GET', second)).body, ok(bodies.second))
  t.match(await ask(world, 'GET', hex('f')), {
    status: 404,
    body: { status: 'ERROR', message: /^cart_item_not_found: /, data: null },
  })
  t.equal((await ask(world, 'GET', id(20))).status, 400)
  const nobody = await world.app.inject({ url: '/payment/cartitem/', headers: { authorization: bearer('zoe') } })
  t.strictSame(nobody.json(), ok([]))
})

t.test('an item is put in, as it is shown', async (t) => {
  const world = start(...facts)
  const least = { subscription_id: hex('a'), plan_id: 'pro' }
  const input = { account: 'alice', subscription: hex('a'), plan: 'pro', addons: [] }
  world.outcomes.push(done(logOf(facts)[2]))
  const reply = await ask(world, 'POST', '', least)
  t.strictSame(reply, { status: 200, body: ok(bodies.second), asked: ['add-cart-item', input] })
  const all = await ask(world, 'POST', '', { ...least, addon_ids: ['more', 'space'], promocode: 'ten' })
  t.strictSame(all.asked, ['add-cart-item', { ...input, addons: ['more', 'space'], promocode: 'ten' }])
  const ours = await ask(world, 'POST', '', { ...least, subscription_id: id(7) })
  t.strictSame(ours.asked, ['add-cart-item', { ...input, subscription: id(7) }], 'by either id')
  for (const wrong of [
    { ...least, subscription_id: 'a'.repeat(25) },
    { ...least, subscription_id: null },
    { ...least, plan_id: '' },
    { ...least, addon_ids: 'more' },
    { ...least, addon_ids: '' },
    { ...least, addon_ids: [null] },
    { ...least, promocode: 0 },
    { ...least, _id: first },
    { plan_id: 'pro' },
  ])
    t.equal((await ask(world, 'POST', '', wrong)).status, 400, JSON.stringify(wrong))
})

t.test('what replies show as none may be sent so', async (t) => {
  const world = start(...facts)
  const { subscription_id, plan_id, addon_ids, promocode } = bodies.second
  const input = { account: 'alice', subscription: hex('a'), plan: 'pro', addons: [] }
  for (const none of [{ addon_ids, promocode }, { promocode: '' }, { addon_ids: null }]) {
    const item = { subscription_id, plan_id, ...none }
    t.strictSame((await ask(world, 'POST', '', item)).asked, ['add-cart-item', input])
    t.strictSame((await ask(world, 'PUT', first, item)).asked, ['change-cart-item', { ...input, item: first }])
  }
})

t.test('an item is changed as a whole, and shown with both its times', async (t) => {
  const world = start(...facts)
  world.outcomes.push(done(log[2]))
  const reply = await ask(world, 'PUT', `${first}/`, { subscription_id: hex('b'), plan_id: 'basic' })
  t.strictSame(reply, {
    status: 200,
    body: ok({
      ...bodies.first,
      modifiedAt: '1769911200',
      subscription_id: hex('b'),
      plan_id: 'basic',
      addon_ids: [],
      promocode: null,
    }),
    asked: ['change-cart-item', { account: 'alice', subscription: hex('b'), plan: 'basic', addons: [], item: first }],
  })
  world.outcomes.push(done(log[2]))
  const body = { subscription_id: hex('a'), plan_id: 'pro', promocode: 'ten' }
  t.match((await ask(world, 'PUT', first, body)).asked, ['change-cart-item', { promocode: 'ten' }])
})

t.test('an item is removed', async (t) => {
  const world = start(...facts)
  world.outcomes.push(done(log[2]))
  t.strictSame(await ask(world, 'DELETE', `${first}/`), {
    status: 200,
    body: ok(true),
    asked: ['remove-cart-item', { account: 'alice', item: first }],
  })
})

t.test('an event that puts nothing in is our own fault', async (t) => {
  const world = start(...facts)
  world.outcomes.push(done(log[0]))
  t.equal((await ask(world, 'POST', '', { subscription_id: hex('a'), plan_id: 'pro' })).status, 500)
})
