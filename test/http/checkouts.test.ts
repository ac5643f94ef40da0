import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { idOf } from '../support/books.js'
import { NONCE } from '../support/charging.js'
import { granted, opened, promocode, published } from '../support/facts.js'
import { startOn } from './live-world.js'
import { bearer } from './world.js'

const free = {
  plan: 'Free',
  planVersion: 1,
  name: 'Free',
  type: 'C',
  price: '0.00',
  billPeriod: 'M',
  description: '',
}

const device = (n: number): Fact => ({
  type: 'SubscriptionOpened',
  data: { subscription: idOf(n), account: 'alice', device: `D${n}`, item: free },
})

const ten = promocode('ten')
const five = promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR' })

const shop: readonly Fact[] = [
  published('Pro', '30.00'),
  published('Nil', '0.00'),
  published('2050', '2050.00'),
  ten,
  five,
  granted(ten, 'alice', 1, 70),
  granted(five, 'alice', 1, 71),
  opened('alice'),
  device(50),
  device(51),
  device(52),
]

const alice = bearer('alice')

const open = async (t: Test) => {
  const live = await startOn(t, shop)
  const hex = new Map<number, string>()
  for (const { type, data, id } of await live.log()) {
    if (type === 'SubscriptionOpened') {
      const n = [50, 51, 52].find((one) => idOf(one) === data.subscription) ?? 0
      hex.set(n, id.replaceAll('-', '').slice(0, 24))
    }
  }
  const item = (n: number, plan = 'Pro') => ({ subscription_id: hex.get(n), plan_id: plan })
  const post = (path: string, body: unknown, key?: string) =>
    live.send(['POST', path], alice, body, key === undefined ? {} : { 'idempotency-key': key })
  const pay = (items: readonly unknown[], nonce: string = NONCE, key?: string) =>
    post('/payment/checkout/', { items, nonce }, key)
  return { ...live, item, post, pay }
}

t.test('a token for the browser', async (t) => {
  const { send, gateway } = await open(t)
  const reply = await send(['GET', '/payment/client_token/'], alice)
  t.strictSame(reply.json(), { status: 'OK', message: '', data: await gateway.clientToken() })
  gateway.plan('clientToken', 'unreachable', 'lost reply')
  for (const _ of [1, 2]) {
    const away = await send(['GET', '/payment/client_token/'], alice)
    t.equal(away.status, 502)
    t.match(away.json(), { status: 'ERROR', message: /^gateway_unreachable: /, data: null })
  }
})

t.test('a checkout is charged once; repeated under its key it is the same', async (t) => {
  const { pay, item, types, gateway, log } = await open(t)
  const first = await pay([item(50), item(51)], NONCE, 'k')
  t.strictSame([first.status, first.json()], [200, { status: 'OK', message: '', data: true }])
  const again = await pay([item(50), item(51)], NONCE, 'k')
  t.strictSame([again.status, again.text, again.headers['idempotent-replayed']], [200, first.text, 'true'])
  t.equal(again.headers['ledger-position'], first.headers['ledger-position'])
  t.same(await types(), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 1)
  t.match(
    (await log()).map(({ data }) => data).at(-1),
    { amount: '60.00', items: [{ plan: 'Pro' }, { plan: 'Pro' }] },
    'one charge for both',
  )
  const other = await pay([item(50), item(51)], 'another-nonce', 'k')
  t.equal(other.status, 422, 'another nonce under the same key')
  t.match(other.json().message, /^idempotency_key_reused/)
})

t.test('declined: 402 with what the bank said, and nothing has changed', async (t) => {
  const { pay, item, types, gateway, send } = await open(t)
  const declined = await pay([item(50, '2050')], NONCE, 'k')
  t.equal(declined.status, 402)
  t.strictSame(declined.json(), {
    status: 'ERROR',
    message:
      'card_declined: The card was declined: Processor Declined (2050). Pay with another card, under another key.',
    data: null,
  })
  const again = await pay([item(50, '2050')], NONCE, 'k')
  t.strictSame(again.text, declined.text)
  t.match([declined.headers, again.headers], [{ 'ledger-position': /./ }, { 'idempotent-replayed': 'true' }])
  t.notOk('idempotent-replayed' in declined.headers)
  t.equal(
    again.headers['ledger-position'],
    declined.headers['ledger-position'],
    'that of how it ended: the views show it',
  )
  const used = await pay([item(50)], 'fake-consumed-nonce')
  t.match(
    [used.status, used.json().message],
    [402, /^card_refused: The gateway refused the payment: the nonce was used/],
  )
  gateway.plan('sale', 'unreachable')
  const away = await pay([item(50)])
  t.match([away.status, away.json().message], [502, /^gateway_unreachable: /])
  t.equal((await types()).filter((type) => type === 'CheckoutFailed').length, 3)
  t.match((await send(['GET', '/v1/accounts/alice'], alice)).json(), { actual: '0.00' })
  t.equal((await pay([item(50)])).status, 200, 'it is free again')
})

t.test('in doubt: 503, and the same request never charges again', async (t) => {
  const { pay, item, types, gateway } = await open(t)
  gateway.plan('sale', 'lost reply')
  for (const _ of [1, 2]) {
    const reply = await pay([item(50)], NONCE, 'k')
    t.match([reply.status, reply.json().message], [503, /^checkout_in_doubt: .* Do not pay again/])
    t.equal(reply.headers['retry-after'], '10')
  }
  const other = await pay([item(50)], NONCE, 'other')
  t.match([other.status, other.json().message], [409, /^subscription_locked/])
  t.same(await types(), ['CheckoutStarted'])
  t.equal(gateway.count('sale'), 1)
})

t.test('two checkouts for one subscription at once, with different nonces: one charge, one refused', async (t) => {
  const { pay, item, types, gateway } = await open(t)
  const [one, two] = await Promise.all([pay([item(50)], 'nonce-1', 'a'), pay([item(50)], 'nonce-2', 'b')])
  t.same([one.status, two.status].sort(), [200, 409])
  t.same(await types(), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 1)
})

t.test('50 at once with one key: one charge, 50 equal replies', async (t) => {
  const { pay, item, types, gateway } = await open(t)
  const replies = await Promise.all(Array.from({ length: 50 }, () => pay([item(50)], NONCE, 'k')))
  t.same(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size, 1)
  t.same(replies[0]?.status, 200)
  t.same(await types(), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 1)
})

t.test('where nothing is to be paid no card is charged', async (t) => {
  const { pay, item, types, gateway } = await open(t)
  const first = await pay([item(50, 'Nil')], NONCE, 'k')
  t.equal(first.status, 200)
  const again = await pay([item(50, 'Nil')], NONCE, 'k')
  t.strictSame([again.status, again.headers['idempotent-replayed']], [200, 'true'])
  t.same(await types(), ['Purchased'])
  t.equal(gateway.count('sale'), 0)
})

t.test('a cart is paid by one charge, and empty then', async (t) => {
  const { post, item, types, gateway, send } = await open(t)
  const empty = await post('/payment/cart/checkout/', { nonce: NONCE })
  t.match([empty.status, empty.json().message], [409, /^cart_empty/])
  for (const n of [50, 51, 52]) t.equal((await post('/payment/cartitem/', item(n))).status, 200)
  gateway.plan('sale', 'declined')
  t.equal((await post('/payment/cart/checkout/', { nonce: NONCE }, 'no')).status, 402)
  t.equal((await send(['GET', '/payment/cartitem/'], alice)).json().data.length, 3, 'nothing has changed')
  const paid = await post('/payment/cart/checkout/', { nonce: NONCE }, 'k')
  t.strictSame([paid.status, paid.json()], [200, { status: 'OK', message: '', data: true }])
  t.same((await send(['GET', '/payment/cartitem/'], alice)).json().data, [])
  const again = await post('/payment/cart/checkout/', { nonce: NONCE }, 'k')
  t.strictSame([again.status, again.headers['idempotent-replayed']], [200, 'true'], 'although it is empty')
  t.same((await types()).slice(-2), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 2)
})

t.test('three items with two promocodes are one charge, whose lines add up', async (t) => {
  const { post, item, log, gateway } = await open(t)
  await post('/payment/cartitem/', { ...item(50), promocode: 'ten' })
  await post('/payment/cartitem/', { ...item(51), promocode: 'five' })
  await post('/payment/cartitem/', item(52))
  t.equal((await post('/payment/cart/checkout/', { nonce: NONCE })).status, 200)
  const paid = (await log()).at(-1)
  if (paid?.type !== 'CheckoutPaid') throw new Error('it is not paid')
  const { checkout, amount, lines, cart } = paid.data
  t.equal(amount, '82.00')
  t.equal(cart?.length, 3)
  t.same(
    lines.map((line) => `${line.item} ${line.kind} ${line.amount}`),
    ['0 charge 30.00', '0 discount 3.00', '1 charge 30.00', '1 discount 5.00', '2 charge 30.00'],
  )
  t.match(await gateway.find(checkout), [{ amount: '82.00', currency: 'EUR' }])
  const used = await post('/payment/cartitem/', { ...item(50), promocode: 'ten' })
  t.equal(used.status, 422, 'a promocode is used once')
})

t.test('what is no checkout is refused, before anything is asked', async (t) => {
  const { pay, post, item, types } = await open(t)
  for (const body of [
    {},
    { items: [], nonce: NONCE },
    { items: [item(50)] },
    { items: [item(50)], nonce: '' },
    { items: [item(50)], nonce: 'a b' },
    { items: [item(50)], nonce: 'x'.repeat(513) },
    { items: [item(50)], nonce: { $gt: '' } },
    { items: [{ ...item(50), price: '0.00' }], nonce: NONCE },
    { items: [{ plan_id: 'Pro' }], nonce: NONCE },
    { items: Array.from({ length: 21 }, () => item(50)), nonce: NONCE },
    { items: [item(50)], nonce: NONCE, amount: '1.00' },
  ]) {
    const reply = await post('/payment/checkout/', body)
    t.equal(reply.status, 400, JSON.stringify(body).slice(0, 60))
    t.notMatch(reply.text, NONCE)
  }
  t.equal((await pay([item(50, 'None')])).status, 404)
  t.equal((await pay([{ subscription_id: 'a'.repeat(24), plan_id: 'Pro' }])).status, 404)
  t.same(await types(), [])
})
