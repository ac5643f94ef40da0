import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { fromEvent } from '../../src/ledger/money.js'
import { chartName, postings } from '../../src/ledger/postings.js'
import { idOf } from '../support/books.js'
import { NONCE } from '../support/charging.js'
import { FREE } from '../support/device.js'
import { frozen, granted, opened, promocode } from '../support/facts.js'
import { on, plans } from '../support/plans.js'
import { startOn } from './live-world.js'
import { bearer } from './world.js'

const device = (n: number): Fact => ({
  type: 'SubscriptionOpened',
  data: { subscription: idOf(n), account: 'alice', device: `D${n}`, item: FREE },
})

const customer: Fact = {
  type: 'CustomerChanged',
  data: { account: 'alice', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
}

const facts: readonly Fact[] = [
  ...plans,
  opened('alice'),
  device(50),
  device(51),
  device(52),
  granted(promocode('ten'), 'alice', 1, 60),
  granted(promocode('two', { type: 'fixed', value: '2.00', currency: 'EUR' }), 'alice', 1, 61),
]

const march = {
  start: '2026-03-01',
  end: '2026-04-01',
  anchor: '2026-04-01',
  unit: 'month',
  zone: 'Asia/Shanghai',
} as const

/** Device 51 has a plan of 30.00, paid for March. */
const pro: Fact = {
  type: 'Purchased',
  data: {
    order: idOf(70),
    account: 'alice',
    amount: '0.00',
    currency: 'EUR',
    items: [on('Pro30', '30.00', { subscription: idOf(51), subscriptionLeaf: 9, period: march, charged: '30.00' })],
    lines: [],
  },
}

const alice = bearer('alice')

const open = async (t: Test, more: readonly Fact[], now: string) => {
  const live = await startOn(t, [...facts, ...more], undefined, now)
  const opened = (await live.log()).flatMap(({ type, data, id }) =>
    type === 'SubscriptionOpened' ? [[data.subscription, hexId(id)] as const] : [],
  )
  const hex = (n: number): string => new Map(opened).get(idOf(n)) ?? ''
  const calc = (body: object, who = alice) => live.send(['POST', '/payment/prorate/calc/'], who, body)
  const cartQuote = (who = alice) => live.send(['GET', '/v1/accounts/alice/cart/quote'], who)
  const quotes = (items: readonly object[], who = alice) =>
    live.send(['POST', '/v1/accounts/alice/quotes'], who, { items })
  return { ...live, hex, calc, cartQuote, quotes }
}

const APRIL_19 = '2026-04-19T04:00:00.000Z'
const MARCH_20 = '2026-03-20T04:00:00.000Z'

t.test('a change from the free plan, with 12 of 30 days left, is quoted as the seed has it', async (t) => {
  const { calc, types } = await open(t, [], APRIL_19)
  const data = {
    price: '50.00',
    total_payable: '20.00',
    plan_rebate: '0.00',
    total_discount: '0.00',
    promo_discount: 0,
    prorate: '20.00',
    remaining_days: 12,
    total_days: 30,
    gst: 0,
  }
  const asked = { new_plan_id: 'Enterprise50', old_plan_id: 'Free' }
  const reply = await calc(asked)
  t.strictSame([reply.status, reply.json()], [200, { status: 'OK', message: '', data }])
  t.strictSame((await calc(asked, bearer('nobody'))).json().data, data, 'an account need not be opened')
  t.strictSame(await types(), [], 'nothing has happened')
})

t.test('list prices take the promocode of the caller, add-ons and tax into account', async (t) => {
  const { calc } = await open(t, [customer], APRIL_19)
  const asked = { new_plan_id: 'Enterprise50', old_plan_id: 'Pro30', promocode: 'ten', addon_ids: ['more'] }
  const reply = await calc(asked)
  t.match(reply.text, '"promo_discount":0.86,')
  t.match(reply.text, '"gst":0.77}')
  t.match(reply.json().data, {
    price: '51.50',
    total_payable: '8.51',
    plan_rebate: '12.00',
    total_discount: '12.86',
    prorate: '20.60',
  })
  t.match((await calc({ new_plan_id: 'Basic10', old_plan_id: 'Pro30' })).json().data, {
    total_payable: '0.00',
    plan_rebate: '12.00',
    prorate: '4.00',
  })
})

t.test('an unknown plan is 404, a promocode that the caller cannot use 422, half a question 400', async (t) => {
  const { calc, hex } = await open(t, [pro], MARCH_20)
  const of = { subscription_id: hex(51), new_plan_id: 'Enterprise50' }
  const list = { old_plan_id: 'Free', new_plan_id: 'Enterprise50' }
  const cases: readonly (readonly [object, number, string])[] = [
    [{ ...list, new_plan_id: 'nowhere' }, 404, 'plan_not_found'],
    [{ ...list, old_plan_id: 'nowhere' }, 404, 'plan_not_found'],
    [{ ...list, addon_ids: ['nothing'] }, 404, 'item_not_found'],
    [{ ...list, promocode: 'nothing' }, 422, 'promocode_not_found'],
    [{ ...list, promocode: 'the code' }, 422, 'promocode_not_found'],
    [{ new_plan_id: 'Enterprise50' }, 400, 'invalid_request'],
    [{ ...of, new_plan_id: 'nowhere' }, 404, 'plan_not_found'],
    [{ ...of, subscription_id: 'f'.repeat(24) }, 404, 'subscription_not_found'],
    [{ ...of, promocode: 'nothing' }, 422, 'promocode_not_found'],
    [{ ...of, new_plan_id: 'Pro30' }, 409, 'subscription_unchanged'],
  ]
  for (const [body, status, code] of cases) {
    const reply = await calc(body)
    t.equal(reply.status, status, JSON.stringify(body))
    t.match(reply.json(), { status: 'ERROR', message: new RegExp(`^${code}: `), data: null })
  }
  t.match((await calc(of, bearer('bob'))).json(), { message: /^account_not_found: / })
})

t.test('of a subscription its own plan counts, with what was really charged, whatever the client says', async (t) => {
  const { calc, hex } = await open(t, [pro], MARCH_20)
  for (const old of [{}, { old_plan_id: 'Free' }, { old_plan_id: 'Pro30' }]) {
    const reply = await calc({ ...old, subscription_id: hex(51), new_plan_id: 'Enterprise50' })
    t.match(reply.json().data, { prorate: '19.35', plan_rebate: '11.61', total_payable: '7.74', remaining_days: 12 })
  }
})

t.test('quotes are for who may read the account', async (t) => {
  const { quotes, cartQuote } = await open(t, [], MARCH_20)
  const items = [{ subscription: idOf(50), plan: 'Pro30' }]
  for (const who of [alice, bearer('eve', { roles: ['auditor'] })]) {
    t.equal((await quotes(items, who)).status, 200)
    t.strictSame((await cartQuote(who)).json(), {
      account: 'alice',
      currency: 'EUR',
      total: '0.00',
      tax: '0.00',
      items: [],
      lines: [],
    })
  }
  t.equal((await quotes(items, bearer('bob'))).status, 403)
  t.equal((await cartQuote(bearer('bob'))).status, 403)
  t.match((await quotes([...items, ...items])).json(), { status: 409, code: 'cart_has_subscription' })
})

t.test('whether it can be paid is not asked: a frozen account gets its quote', async (t) => {
  const { quotes } = await open(t, [frozen('alice')], MARCH_20)
  const quote = await quotes([{ subscription: idOf(51), plan: 'Basic10' }])
  t.match([quote.status, quote.json()], [200, { total: '3.87' }])
})

t.test('what waits costs nothing now, and is shown with its price', async (t) => {
  const { quotes } = await open(t, [pro, customer], MARCH_20)
  const { items, ...rest } = (await quotes([{ subscription: idOf(51), plan: 'Basic10' }])).json()
  const nothing = { account: 'alice', currency: 'EUR', total: '0.00', tax: '0.00', lines: [] }
  t.strictSame(rest, { ...nothing, taxed: { country: 'SG', rate: '10' } })
  t.strictSame(items, [
    {
      subscription: idOf(51),
      plan: 'Basic10',
      planVersion: 1,
      addons: [],
      waits: true,
      price: '10.00',
      prorate: '3.87',
      rebate: '11.61',
      promoDiscount: '0.00',
      totalDiscount: '11.61',
      tax: '0.00',
      payable: '0.00',
      remainingDays: 12,
      totalDays: 31,
    },
  ])
})

const wanted = [
  { n: 50, plan: 'Enterprise50', addons: ['more'], promocode: 'ten' },
  { n: 51, plan: 'Enterprise50', addons: [] },
  { n: 52, plan: 'Basic10', addons: [], promocode: 'two' },
]

t.test('a cart of three items with two promocodes: quotes, events, transaction and postings agree', async (t) => {
  const { calc, cartQuote, quotes, hex, send, log, types } = await open(t, [pro, customer], MARCH_20)
  const [prorated, before] = [[] as { total_payable: string; gst: number }[], (await log()).length]
  for (const { n, plan, addons, ...more } of wanted) {
    const item = { subscription_id: hex(n), addon_ids: addons, ...more }
    prorated.push((await calc({ new_plan_id: plan, old_plan_id: 'Free', ...item })).json().data)
    t.equal((await send(['POST', '/payment/cartitem/'], alice, { plan_id: plan, ...item })).status, 200)
  }
  t.match(prorated, [
    { prorate: '19.93', plan_rebate: '0.00', promo_discount: 1.99, gst: 1.79, total_payable: '19.73' },
    { prorate: '19.35', plan_rebate: '11.61', promo_discount: 0, gst: 0.77, total_payable: '8.51' },
    { prorate: '3.87', plan_rebate: '0.00', promo_discount: 2, gst: 0.19, total_payable: '2.06' },
  ])
  const quote = (await cartQuote()).json()
  const items = wanted.map(({ n, ...rest }) => ({ subscription: idOf(n), ...rest }))
  t.strictSame((await quotes(items)).json(), quote)
  t.match(quote, { total: '30.30', tax: '2.75', taxed: { country: 'SG', rate: '10' } })
  t.strictSame(
    quote.items.map(({ payable, tax }: { payable: string; tax: string }) => [payable, tax]),
    prorated.map(({ total_payable, gst }) => [total_payable, gst.toFixed(2)]),
  )
  t.equal((await log()).length, before + 3, 'quotes write nothing')

  t.strictSame((await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE })).json().data, true)
  t.strictSame((await types()).slice(-2), ['CheckoutStarted', 'CheckoutPaid'])
  const events = (await log()).slice(-2)
  for (const { type, data } of events) {
    if (type !== 'CheckoutStarted' && type !== 'CheckoutPaid') throw new Error(type)
    t.strictSame([data.amount, data.lines, data.tax], [quote.total, quote.lines, quote.taxed])
  }
  const sums = new Map<string, bigint>()
  for (const leg of events.flatMap((event) => postings(event))) {
    const name = chartName(leg)
    sums.set(name, (sums.get(name) ?? 0n) + leg.amount)
  }
  t.equal(sums.get('assets:clearing:card'), fromEvent(quote.total))
  t.equal(sums.get('liabilities:tax'), -fromEvent(quote.tax))
  const income = [...sums].filter(([name]) => name.startsWith('income:plans:'))
  t.equal(
    income.reduce((sum, [, amount]) => sum + amount, 0n),
    fromEvent(quote.tax) - fromEvent(quote.total),
  )
  const [shown] = (await send(['GET', '/payment/transaction/'], alice)).json().data
  t.equal(shown.value, quote.total)
  t.match((await send(['GET', '/v1/accounts/alice/transactions'], alice)).json(), {
    transactions: [{ amount: quote.total, lines: quote.lines }],
  })
  t.match((await cartQuote()).json(), { total: '0.00', items: [], lines: [] }, 'the cart is empty')
  t.match((await quotes(items)).json(), { code: 'promocode_used' })
})
