import { join } from 'node:path'
import t from 'tap'
import { accountStream } from '../../src/ledger/streams.js'
import { encode } from '../../src/store/encode.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { idOf } from '../support/books.js'
import { device } from '../support/cart-facts.js'
import { addon, opened, published } from '../support/facts.js'
import { NOW } from '../support/given.js'
import { publishInto } from '../support/on-sale.js'
import { asking, folder, type Reply, ready, serve, tokenFor } from '../support/serving.js'

const settings = { COUNTERFOIL_CURRENCY: 'EUR' }
const ONE = 1
const TWO = 2
const items = '/payment/cartitem/'

const dataOf = ({ text }: Reply) => JSON.parse(text).data

/** ann and the subscriptions of two devices, in the log of a server that does not run yet. */
const begin = async (data: string): Promise<void> => {
  const store = await openSqliteEventStore({ path: join(data, 'events.db'), log: () => undefined })
  const metadata = { recordedAt: NOW, actor: 'operator', correlationId: 'c', causationId: idOf(1) }
  const facts = [opened('ann'), device('ann', ONE), device('ann', TWO)]
  const stream = accountStream('ann')
  const events = facts.map((fact, index) => encode(fact, stream, index - 1, metadata))
  await store.append(stream, -1, events)
  await store.close()
}

t.test('a cart goes through both APIs, a hundred repeats and a killed server', async (t) => {
  const data = join(folder(t), 'data')
  await publishInto(data, [
    published('Free', '0.00'),
    published('pro', '30.00'),
    published('basic', '10.00'),
    addon('more'),
  ])
  await begin(data)
  const first = await serve(t, data, { settings })
  await ready(first.ask)
  const asAnn = (address: string) => asking(address, tokenFor(first.config, 'ann'))
  const ann = asAnn(first.server.address)
  t.strictSame(dataOf(await ann('GET', items)), [])
  const unknown = await ann('POST', items, { subscription_id: 'a'.repeat(24), plan_id: 'pro' })
  t.match(unknown.text, /"message":"subscription_not_found: /)
  t.equal(unknown.status, 404)
  const zoe = asking(first.server.address, tokenFor(first.config, 'zoe'))
  t.strictSame(dataOf(await zoe('GET', items)), [])
  t.match((await zoe('DELETE', `${items}${'a'.repeat(24)}`)).text, /"message":"account_not_found: /)
  const [one, two] = [idOf(ONE), idOf(TWO)]

  const asked = { subscription: one, plan: 'pro', addons: ['more'] }
  const key = { 'idempotency-key': 'k' }
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => ann('POST', '/v1/accounts/ann/cart/items', asked, key)),
  )
  t.ok(replies.every(({ status, text }) => status === 201 && text === replies[0]?.text))
  t.equal(replies.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length, 99)
  const [item, ...others] = dataOf(await ann('GET', items))
  t.strictSame(others, [])
  const { _id: id, subscription_id: hex, createdAt } = item
  t.match(item, { plan_id: 'pro', addon_ids: ['more'], promocode: null, _id: /^[0-9a-f]{24}$/ })

  const wanted = { subscription_id: hex, plan_id: 'basic' }
  t.match((await ann('POST', items, wanted)).text, /"message":"cart_has_subscription: /)
  t.match((await ann('POST', items, { ...wanted, promocode: 'ten' })).text, /"message":"promocode_not_found: /)
  const changed = await ann('PUT', `${items}${id}/`, wanted, key)
  t.match(dataOf(changed), { _id: id, subscription_id: hex, plan_id: 'basic', addon_ids: [], createdAt })
  t.strictSame(dataOf(await ann('GET', `${items}${id}`)), dataOf(changed))
  const second = JSON.parse((await ann('POST', '/v1/accounts/ann/cart/items', { ...asked, subscription: two })).text)

  await first.kill()
  const again = await serve(t, data, { settings })
  await ready(again.ask)
  const later = asAnn(again.server.address)
  const { items: left } = JSON.parse((await later('GET', '/v1/accounts/ann/cart')).text)
  t.match(left, [
    { subscription: one, plan: 'basic' },
    { item: second.item, subscription: two, addons: ['more'] },
  ])
  t.equal((await later('PUT', `${items}${id}/`, wanted, key)).text, changed.text, 'the same, though it was said before')
  const removed = await later('DELETE', `${items}${id}/`)
  t.strictSame(JSON.parse(removed.text), { status: 'OK', message: '', data: true })
  t.equal((await later('DELETE', `${items}${id}/`)).status, 404)
  t.equal((await later('GET', `${items}${id}/`)).status, 404)
  t.equal((await later('PUT', `${items}${id}/`, wanted, key)).text, changed.text, 'though it is gone')
  t.equal((await later('DELETE', `/v1/accounts/ann/cart/items/${second.item}`)).status, 200)
  t.strictSame(dataOf(await later('GET', items)), [])
})
