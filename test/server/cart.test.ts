import { join } from 'node:path'
import t from 'tap'
import { addon, published } from '../support/facts.js'
import { publishInto } from '../support/on-sale.js'
import { type Ask, asking, folder, type Reply, ready, serve, tokenFor } from '../support/serving.js'

const settings = { COUNTERFOIL_CURRENCY: 'EUR' }
const items = '/payment/cartitem/'

const dataOf = ({ text }: Reply) => JSON.parse(text).data

const bought = async (ask: Ask): Promise<string> =>
  JSON.parse((await ask('POST', '/v1/accounts/ann/purchases', { plan: 'free' })).text).order

t.test('a cart goes through both APIs, a hundred repeats and a killed server', async (t) => {
  const data = join(folder(t), 'data')
  await publishInto(data, [published('free', '0.00'), published('pro', '30.00'), addon('more')])
  const first = await serve(t, data, { settings })
  await ready(first.ask)
  const asAnn = (address: string) => asking(address, tokenFor(first.config, 'ann'))
  const ann = asAnn(first.server.address)
  t.equal((await ann('POST', items, { subscription_id: 'a'.repeat(24), plan_id: 'pro' })).status, 404)
  t.strictSame(dataOf(await ann('GET', items)), [])
  await first.ask('POST', '/v1/accounts', { name: 'ann', currency: 'EUR' })
  const [one, two] = [await bought(ann), await bought(ann)]

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

  const wanted = { subscription_id: hex, plan_id: 'free' }
  t.match((await ann('POST', items, wanted)).text, /"message":"cart_has_subscription: /)
  t.match((await ann('POST', items, { ...wanted, promocode: 'ten' })).text, /"message":"promocode_not_found: /)
  const changed = await ann('PUT', `${items}${id}/`, wanted, key)
  t.match(dataOf(changed), { _id: id, subscription_id: hex, plan_id: 'free', addon_ids: [], createdAt })
  t.strictSame(dataOf(await ann('GET', `${items}${id}`)), dataOf(changed))
  const second = JSON.parse((await ann('POST', '/v1/accounts/ann/cart/items', { ...asked, subscription: two })).text)

  await first.kill()
  const again = await serve(t, data, { settings })
  await ready(again.ask)
  const later = asAnn(again.server.address)
  const { items: left } = JSON.parse((await later('GET', '/v1/accounts/ann/cart')).text)
  t.match(left, [
    { subscription: one, plan: 'free' },
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
