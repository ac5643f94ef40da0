import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { fromEvent } from '../../../src/ledger/money.js'
import { chartName, postings } from '../../../src/ledger/postings.js'
import { idOf } from '../../support/books.js'
import { device } from '../../support/cart-facts.js'
import { NONCE } from '../../support/charging.js'
import { addon, granted, opened, promocode, published } from '../../support/facts.js'
import { startOn } from '../live-world.js'
import { bearer } from '../world.js'

const ten = promocode('ten')
const five = promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR', periods: 2 })
const period = { start: '2026-02-16', end: '2026-03-16', anchor: '2026-03-16', unit: 'month', zone: 'UTC' } as const

/** The third device runs on a plan of 10.00, paid on 16 February for 28 days. */
const running: Fact = {
  type: 'Purchased',
  data: {
    order: idOf(60),
    account: 'alice',
    amount: '10.00',
    currency: 'EUR',
    items: [
      {
        plan: 'Small',
        planVersion: 1,
        name: 'Small',
        type: 'C',
        price: '10.00',
        billPeriod: 'M',
        description: '',
        subscription: idOf(3),
        subscriptionLeaf: 10,
        period,
        charged: '10.00',
      },
    ],
    lines: [{ item: 0, plan: 'Small', kind: 'charge', amount: '10.00' }],
  },
}

/** alice has three devices and two promocodes, and is taxed with 9 %. */
const shop: readonly Fact[] = [
  published('Pro', '30.00'),
  published('Max', '50.00'),
  addon('more'),
  ten,
  five,
  opened('alice'),
  granted(ten, 'alice', 1, 70),
  granted(five, 'alice', 1, 71),
  ...[1, 2, 3].map((n) => device('alice', n)),
  running,
  {
    type: 'CustomerChanged',
    data: { account: 'alice', address: { personKey: idOf(80), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
  },
]

/** On 1 March: 15 of 28 days are left of the third, so the new plan costs 26.79, and 5.36 are given back. */
const lines = [
  { item: 0, plan: 'Pro', kind: 'charge', amount: '30.00' },
  { item: 0, plan: 'more', kind: 'charge', amount: '1.50' },
  { item: 0, plan: 'Pro', kind: 'discount', amount: '3.15' },
  { item: 0, plan: 'Pro', kind: 'tax', amount: '2.55' },
  { item: 1, plan: 'Max', kind: 'charge', amount: '50.00' },
  { item: 1, plan: 'Max', kind: 'discount', amount: '5.00' },
  { item: 1, plan: 'Max', kind: 'tax', amount: '4.05' },
  { item: 2, plan: 'Max', kind: 'charge', amount: '26.79' },
  { item: 2, plan: 'Small', kind: 'rebate', amount: '5.36' },
  { item: 2, plan: 'Max', kind: 'tax', amount: '1.93' },
]

const minor = (wanted: (kind: string) => boolean): bigint =>
  lines.reduce((sum, { kind, amount }) => (wanted(kind) ? sum + fromEvent(amount) : sum), 0n)

t.test(
  'a cart of three items with two promocodes is paid by one charge, the same to the cent everywhere',
  async (t) => {
    const { send, log, gateway } = await startOn(t, shop)
    const alice = bearer('alice')
    const add = async (n: number, more: object) => {
      const reply = await send(['POST', '/v1/accounts/alice/cart/items'], alice, { subscription: idOf(n), ...more })
      t.equal(reply.status, 201, reply.text)
      return reply.json().item
    }
    const cart = [
      await add(1, { plan: 'Pro', addons: ['more'], promocode: 'ten' }),
      await add(2, { plan: 'Max', promocode: 'five' }),
      await add(3, { plan: 'Max' }),
    ]
    const paid = await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE }, { 'idempotency-key': 'k' })
    t.same([paid.status, paid.json()], [200, { status: 'OK', message: '', data: true }])
    t.same((await send(['GET', '/payment/cartitem/'], alice)).json().data, [])

    const event = (await log()).at(-1)
    if (event?.type !== 'CheckoutPaid') throw new Error('nothing was paid')
    const total = '103.31'
    t.match(event.data, { amount: total, cart, tax: { country: 'SG', rate: '9' } })
    t.strictSame(event.data.lines, lines)
    t.equal(
      minor((kind) => kind === 'charge' || kind === 'tax') - minor((kind) => /rebate|discount/.test(kind)),
      10_331n,
    )
    t.equal(gateway.count('sale'), 1)
    t.match(await gateway.find(event.data.checkout), [{ amount: total, currency: 'EUR' }])

    const totals = new Map<string, bigint>()
    for (const { amount, ...account } of postings(event)) {
      totals.set(chartName(account), (totals.get(chartName(account)) ?? 0n) + amount)
    }
    t.equal(totals.get('assets:clearing:card'), 10_331n)
    t.equal(totals.get('liabilities:tax'), -minor((kind) => kind === 'tax'))
    t.equal(
      [...totals.values()].reduce((sum, amount) => sum + amount, 0n),
      0n,
    )

    const [transaction, ...earlier] = (await send(['GET', '/payment/transaction/'], alice)).json().data
    t.match(transaction, { value: total, remark: 'Plan Pro, Plan Max, Plan Max', bt_trans_id: event.data.transaction })
    t.match(earlier, [{ value: '10.00' }])
    const [shown] = (await send(['GET', '/v1/accounts/alice/transactions'], alice)).json().transactions
    t.match(shown, { order: event.data.checkout, amount: total, paidAmount: total, tax: { country: 'SG', rate: '9' } })
    t.strictSame(shown.lines, lines)

    const again = await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE }, { 'idempotency-key': 'k' })
    t.same([again.status, gateway.count('sale')], [200, 1], 'a repeat charges nothing')
    const used = { subscription: idOf(1), plan: 'Max', promocode: 'ten' }
    t.match((await send(['POST', '/v1/accounts/alice/cart/items'], alice, used)).json(), { code: 'promocode_used' })
    t.equal((await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE })).status, 409, 'it is empty')
  },
)

t.test('what a cart shows of an item may be put back, and checked out', async (t) => {
  const { send } = await startOn(t, shop)
  const alice = bearer('alice')
  const subscriptions = (await send(['GET', '/payment/subscription/'], alice)).json().data
  for (const { _id: subscription_id } of subscriptions.slice(0, 2)) {
    const item = { subscription_id, plan_id: 'Max', addon_ids: null, promocode: null }
    t.equal((await send(['POST', '/payment/cartitem/'], alice, item)).status, 200)
  }
  const items = []
  for (const { _id, createdAt, modifiedAt, ...item } of (await send(['GET', '/payment/cartitem/'], alice)).json()
    .data) {
    const put = await send(['PUT', `/payment/cartitem/${_id}/`], alice, item)
    t.strictSame([put.status, put.json().data], [200, { _id, createdAt, modifiedAt, ...item }])
    items.push(item)
  }
  t.match(items, [{ addon_ids: [], promocode: null }, { promocode: null }])
  const [{ subscription_id, plan_id, ...rest }] = items
  const quote = { subscription_id, new_plan_id: plan_id, ...rest }
  const quoted = (await send(['POST', '/payment/prorate/calc/'], alice, quote)).json().data
  t.match(quoted, { price: '50.00' })
  t.strictSame((await send(['POST', '/payment/prorate/calc/'], alice, { ...quote, promocode: '' })).json().data, quoted)
  t.equal((await send(['POST', '/payment/checkout/'], alice, { items, nonce: NONCE })).json().data, true)
})

t.test('a subscription is named by either id, on both surfaces', async (t) => {
  const { send } = await startOn(t, shop)
  const alice = bearer('alice')
  const { subscriptions } = (await send(['GET', '/v1/accounts/alice/subscriptions'], alice)).json()
  const [{ hex, subscription }] = subscriptions.filter(({ device: one }: { device: string }) => one === 'D1')
  const account = '/v1/accounts/alice'
  for (const name of [hex, subscription]) {
    const shown = await send(['POST', '/payment/cartitem/'], alice, { subscription_id: name, plan_id: 'Max' })
    t.match(shown.json().data, { subscription_id: hex })
    const { item } = (await send(['GET', `${account}/cart`], alice)).json().items[0]
    const again = await send(['PUT', `${account}/cart/items/${item}`], alice, { subscription: name, plan: 'Pro' })
    t.match(again.json(), { subscription, subscriptionHex: hex })
    t.equal((await send(['DELETE', `/payment/cartitem/${shown.json().data._id}/`], alice)).status, 200)
    const calc = { subscription_id: name, new_plan_id: 'Max' }
    t.equal((await send(['POST', '/payment/prorate/calc/'], alice, calc)).status, 200)
    const items = [{ subscription: name, plan: 'Max' }]
    t.match((await send(['POST', `${account}/quotes`], alice, { items })).json(), { items: [{ subscription }] })
    t.equal((await send(['GET', `/payment/subscription/${name}/`], alice)).json().data._id, hex)
  }
  const two = [hex, subscription].map((subscription_id) => ({ subscription_id, plan_id: 'Max' }))
  const twice = await send(['POST', '/payment/checkout/'], alice, { items: two, nonce: NONCE })
  t.match(twice.json(), { message: /^cart_has_subscription: / }, 'both are one')
  t.equal((await send(['POST', '/payment/checkout/'], alice, { items: [two[1]], nonce: NONCE })).status, 200)
  const items = [{ subscription: hex, plan: 'Pro' }]
  t.equal((await send(['POST', `${account}/checkouts`], alice, { items, nonce: NONCE })).status, 201)
})

t.test(
  'what changes nothing is not taken into the cart; what has come to change nothing is named at the checkout',
  async (t) => {
    const { send } = await startOn(t, [...shop, published('Small', '10.00'), published('Free', '0.00')])
    const alice = bearer('alice')
    const data = (await send(['GET', '/payment/subscription/'], alice)).json().data
    const [third, second, first] = data.map(({ _id }: { _id: string }) => _id)
    const add = (subscription_id: string, plan_id: string) =>
      send(['POST', '/payment/cartitem/'], alice, { subscription_id, plan_id })
    for (const [id, plan] of [
      [third, 'Small'],
      [first, 'Free'],
    ]) {
      const refused = await add(id, plan)
      t.match([refused.status, refused.json().message], [409, /^subscription_unchanged: /])
    }
    for (const id of [first, second]) t.equal((await add(id, 'Max')).status, 200)
    const nonce = { nonce: NONCE }
    const items = [{ subscription_id: second, plan_id: 'Max' }]
    t.equal((await send(['POST', '/payment/checkout/'], alice, { items, ...nonce })).status, 200)
    const refused = (await send(['POST', '/payment/cart/checkout/'], alice, nonce)).json().message
    t.ok(refused.startsWith(`subscription_unchanged: Subscription ${second} (${idOf(2)}), plan Max: `), refused)
  },
)
