import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { Standing } from '../../../src/commands/port.js'
import type { Parts } from '../../../src/http/parts.js'
import { boughtPro, NAMES, onFree, reverted } from '../../support/device.js'
import { admin, bearer, createWorld, id, logOf } from '../world.js'

const paid = (amount: string) => ({ account: 'alice', amount, currency: 'EUR' })
const plan = { planVersion: 1, name: 'Plan A', type: 'normal', billPeriod: 'monthly', description: '1 CPU Core' }
const purchase = (n: number, item: object, amount = '10.00'): Fact => ({
  type: 'Purchased',
  data: {
    order: id(n),
    ...paid(amount),
    items: [{ plan: `p${n}`, ...plan, price: amount, ...item }],
    lines: [{ item: 0, plan: `p${n}`, kind: 'charge', amount }],
  },
})
const period = { start: '2026-02-01', end: '2026-03-01', anchor: '2026-02-01', unit: 'month', zone: 'UTC' }
const opened: Fact = { type: 'AccountOpened', data: { owner: 'alice', currency: 'EUR', creditLimit: '0.00' } }
const recharged: Fact = {
  type: 'Recharged',
  data: { transfer: id(1), ...paid('12345678901234567.89'), method: 'manual' },
}
const story: readonly Fact[] = [
  opened,
  recharged,
  purchase(2, { region: 'north', subscription: id(2), period }),
  purchase(3, { region: 'south', billPeriod: 'once', price: '40.88' }, '40.88'),
  purchase(4, { plan: 'p2', region: 'north', billPeriod: 'once' }),
  purchase(5, { billPeriod: 'once' }, '0.00'),
]

const checkout = (world: ReturnType<typeof createWorld>, body: object, headers: Record<string, string> = {}) =>
  world.app.inject({
    method: 'POST',
    url: '/payment/v1/checkout',
    headers: { authorization: bearer('alice'), ...headers },
    payload: JSON.stringify(body),
  })

t.test('a checkout asks for the plan, in the region or where it is sold', async (t) => {
  const world = createWorld(story)
  await checkout(world, { plan_id: 'zwwqe', namespace: 'alice', region: 'cn-north-1' })
  t.strictSame(world.asked.pop()?.input, { account: 'alice', plan: 'zwwqe', region: 'cn-north-1' })
  await checkout(world, { plan_id: 'zwwqe', namespace: 'alice' })
  t.strictSame(world.asked.pop()?.input, { account: 'alice', plan: 'zwwqe' })
})

t.test('it replies what was there right after it, digit for digit, also when it is repeated', async (t) => {
  const world = createWorld(story)
  const event = logOf(story)[3]
  if (event === undefined) throw new Error('no such event')
  const standing: Standing = { actual: 1234567890123451701n, held: 0n, creditLimit: 0n, currency: 'EUR', frozen: false }
  const body = { plan_id: 'p3', namespace: 'alice', region: 'south' }
  world.outcomes.push({ kind: 'done', event, replayed: false, standing })
  const first = await checkout(world, body, { 'idempotency-key': 'k' })
  t.equal(first.statusCode, 200)
  t.equal(first.body, '{"balance":12345678901234517.01,"status":"active"}')
  world.outcomes.push({ kind: 'done', event, replayed: true, standing: null })
  const again = await checkout(world, body, { 'idempotency-key': 'k' })
  t.equal(again.body, first.body)
  t.equal(again.headers['idempotent-replayed'], 'true')
})

t.test('what is refused has its code and its status', async (t) => {
  const world = createWorld(story)
  for (const [code, status] of [
    ['insufficient_funds', 402],
    ['plan_not_found', 404],
    ['plan_not_sold_there', 409],
  ] as const) {
    world.outcomes.push({ kind: 'refused', refusal: { code, detail: 'No.', onRequest: false } })
    const reply = await checkout(world, { plan_id: 'p', namespace: 'alice' })
    t.equal(reply.statusCode, status)
    t.strictSame(reply.json(), { code, message: 'No.' })
  }
})

const account = async (facts: readonly Fact[], query: string, options: Partial<Parts> = {}) => {
  const { app } = createWorld(facts, options)
  const reply = await app.inject({ url: `/payment/v1/account?namespace=${query}`, headers: { authorization: admin() } })
  return reply.statusCode === 200 ? reply.body : reply.json().code
}

const shown = (plan_id: string, price: string, bill_period: string) =>
  `{"plan_id":"${plan_id}","type":"normal","price":${price},"bill_period":"${bill_period}","description":"1 CPU Core"}`

t.test('an account shows what it has bought in a region, newest first, each version of a plan once', async (t) => {
  const rest = '"status":"active","balance":{"balance":12345678901234507.01}}'
  t.equal(
    await account(story, 'alice&region=north'),
    `{"purchased":true,"notification":false,"plans":[${shown('p2', '10', 'monthly')}],${rest}`,
  )
  t.equal(
    await account(story, 'alice&region=south'),
    `{"purchased":true,"notification":false,"plans":[${shown('p3', '40.88', 'once')}],${rest}`,
  )
  t.equal(await account(story, 'alice&region=east'), `{"purchased":false,"notification":false,"plans":[],${rest}`)
  t.match(await account(story, 'alice'), /"plan_id":"p5".*"plan_id":"p2".*"plan_id":"p3"/)
})

t.test('what has ended or was given back is bought, but no plan of the account any more', async (t) => {
  const names = { account: 'alice', subscription: id(2), subscriptionLeaf: 2 }
  const ended: Fact = { type: 'SubscriptionEnded', data: { ...names, endedOn: '2026-03-01', reason: 'unpaid' } }
  const refunded = (leaf: number, amount: string): Fact => ({
    type: 'PurchaseRefunded',
    data: {
      refund: id(9),
      order: id(leaf),
      orderLeaf: leaf,
      ...paid(amount),
      lines: [{ item: 0, plan: 'p', kind: 'charge', amount }],
    },
  })
  const north = 'alice&region=north'
  t.match(await account([...story, ended], north), /"plans":\[\{"plan_id":"p2"/, 'bought once more besides')
  t.match(await account([...story, refunded(4, '10.00'), ended], north), /"purchased":true,.*"plans":\[\]/)
  t.match(await account([...story, refunded(4, '9.99'), ended], north), /"plan_id":"p2"/)
})

t.test('a subscription that ends on a day still to come is a plan of the account until then', async (t) => {
  const names = { account: 'alice', subscription: id(2), subscriptionLeaf: 2 }
  const ended: Fact = { type: 'SubscriptionEnded', data: { ...names, endedOn: '2026-03-02', reason: 'refunded' } }
  const on = (day: string) => account([opened, recharged, story[2] ?? opened, ended], 'alice', { today: () => day })
  t.match(await on('2026-03-01'), /"plans":\[\{"plan_id":"p2"/)
  t.match(await on('2026-03-02'), /"purchased":true,.*"plans":\[\]/)
})

t.test('what was bought long ago is shown too, but for what lies behind ten thousand purchases', async (t) => {
  const once = (n: number) => purchase(n, { plan: 'often', region: 'south', billPeriod: 'once' })
  const old = purchase(2, { region: 'north', subscription: id(2), period })
  const after = (count: number) => [opened, recharged, old, ...Array.from({ length: count }, (_, n) => once(10 + n))]
  for (const [count, found] of [
    [998, true],
    [999, true],
    [1_000, true],
    [9_999, true],
    [10_000, false],
  ] as const) {
    t.match(await account(after(count), 'alice&region=north'), `"purchased":${found}`, `${count} after it`)
  }
})

t.test('before the first movement there is no status; a frozen account says so; no account is a 404', async (t) => {
  t.equal(
    await account([opened], 'alice&region=north'),
    '{"purchased":false,"notification":false,"plans":[],"status":"","balance":{"balance":0}}',
  )
  const frozen: Fact = { type: 'AccountFrozen', data: { account: 'alice', reason: 'r' } }
  t.match(await account([...story, frozen], 'alice'), '"status":"frozen"')
  t.equal(await account([], 'alice'), 'account_not_found')
})

t.test('a balance below the mark is notified, in any currency', async (t) => {
  const had = (facts: readonly Fact[], lowBalance: bigint) => account(facts, 'alice', { lowBalance })
  for (const currency of ['JPY', 'XAU']) {
    const whole: readonly Fact[] = [
      { type: 'AccountOpened', data: { owner: 'alice', currency, creditLimit: '0' } },
      { type: 'Recharged', data: { transfer: id(1), account: 'alice', amount: '1000', currency, method: 'manual' } },
    ]
    t.match(await had(whole, 10_000_000n), '"notification":false', currency)
    t.match(await had(whole, 10_000_001n), '"notification":true', currency)
  }
  const cent: Fact = { type: 'Recharged', data: { transfer: id(1), ...paid('0.01'), method: 'manual' } }
  t.match(await had([opened, cent], 100n), '"notification":false')
  t.match(await had([opened, cent], 101n), '"notification":true')
})

t.test('a device is among the plans once, while something is paid for it', async (t) => {
  const shown = async (...facts: readonly Fact[]) => {
    const { app } = createWorld([...onFree, ...facts])
    const reply = await app.inject({
      url: '/payment/v1/account?namespace=ann',
      headers: { authorization: bearer('ann') },
    })
    const { purchased, plans } = reply.json()
    return [purchased, plans.map(({ plan_id }: { plan_id: string }) => plan_id)]
  }
  t.strictSame(await shown(), [false, []])
  t.strictSame(await shown(boughtPro()), [true, ['Pro']])
  t.strictSame(await shown(boughtPro(), boughtPro()), [true, ['Pro']])
  t.strictSame(await shown(boughtPro(), reverted('2026-03-01', 'cancelled')), [false, []])
  const ended: Fact = { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-01', reason: 'unpaid' } }
  t.strictSame(await shown(boughtPro(), ended), [true, []])
})
