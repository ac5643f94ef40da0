import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { bearer, createWorld, id } from '../world.js'

const item = { subscription: id(7), subscriptionHex: 'a'.repeat(24), plan: 'pro' }
const facts: readonly Fact[] = [
  { type: 'AccountOpened', data: { owner: 'alice', currency: 'EUR', creditLimit: '0.00' } },
  {
    type: 'CartItemAdded',
    data: { account: 'alice', item: id(20), ...item, addons: ['more'], promocode: 'ten' },
  },
  { type: 'CartItemAdded', data: { account: 'alice', item: id(21), ...item, addons: [] } },
  { type: 'AccountFrozen', data: { account: 'alice', reason: 'r' } },
]
const headers = { authorization: bearer('alice'), 'content-type': 'application/json' }

t.test('a cart is shown with its items, oldest first', async (t) => {
  const { app } = createWorld(facts)
  const reply = await app.inject({ url: '/v1/accounts/alice/cart', headers })
  t.equal(reply.statusCode, 200)
  const first = { item: id(20), leaf: 1, subscription: id(7), plan: 'pro', addons: ['more'], promocode: 'ten' }
  const times = (at: string) => ({ createdAt: at, modifiedAt: at })
  t.strictSame(reply.json(), {
    items: [
      { ...first, ...times('2026-02-01T01:00:00.000Z') },
      { item: id(21), leaf: 2, subscription: id(7), plan: 'pro', addons: [], ...times('2026-02-01T02:00:00.000Z') },
    ],
  })
})

t.test('an account that put nothing in has an empty cart; one that was never opened has none', async (t) => {
  const { app } = createWorld(facts.slice(0, 1))
  t.strictSame((await app.inject({ url: '/v1/accounts/alice/cart', headers })).json(), { items: [] })
  const bob = { ...headers, authorization: bearer('bob') }
  t.equal((await app.inject({ url: '/v1/accounts/bob/cart', headers: bob })).json().code, 'account_not_found')
  t.equal((await app.inject({ url: '/v1/accounts/alice/cart', headers: bob })).json().code, 'forbidden')
})

t.test('what is asked of the write side', async (t) => {
  const world = createWorld(facts)
  const asked = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const url = `/v1/accounts/alice/cart/items${path}`
    const reply = await world.app.inject({ method, url, headers, ...(body && { payload: JSON.stringify(body) }) })
    const [one] = world.asked.splice(0)
    return [reply.statusCode, one?.name, one?.input]
  }
  const least = { subscription: id(7), plan: 'pro' }
  const all = { ...least, addons: ['more', 'space'], promocode: 'ten' }
  t.strictSame(await asked('POST', '', least), [201, 'add-cart-item', { account: 'alice', ...least, addons: [] }])
  t.strictSame(await asked('POST', '', all), [201, 'add-cart-item', { account: 'alice', ...all }])
  const hex = 'a'.repeat(24)
  const byHex = [201, 'add-cart-item', { account: 'alice', ...least, subscription: hex, addons: [] }]
  t.strictSame(await asked('POST', '', { ...least, subscription: hex }), byHex, 'by either id')
  const which = { account: 'alice', item: id(20) }
  t.strictSame(await asked('PUT', `/${id(20)}`, all), [200, 'change-cart-item', { ...which, ...all }])
  t.strictSame(await asked('DELETE', `/${id(20)}`), [200, 'remove-cart-item', which])
  for (const wrong of [
    { ...least, subscription: 'a'.repeat(25) },
    { ...least, addons: 'more' },
    { ...least, addons: Array.from({ length: 21 }, (_, n) => `a${n}`) },
    { ...least, promocode: null },
    { ...least, promocode: '' },
    { ...least, addons: null },
    { plan: 'pro' },
  ])
    t.equal((await asked('POST', '', wrong))[0], 400, JSON.stringify(wrong))
})
