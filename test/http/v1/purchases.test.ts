import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { admin, bearer, createWorld, id } from '../world.js'

const money = { account: 'alice', amount: '5.00', currency: 'EUR' }
const plan = {
  plan: 'basic',
  planVersion: 2,
  name: 'Basic',
  type: 'C',
  price: '5.00',
  billPeriod: 'M',
  description: '',
}
const lines = [{ item: 0, plan: 'basic', kind: 'charge' as const, amount: '5.00' }]
const period = { start: '2026-02-01', end: '2026-03-01', anchor: '2026-02-01', unit: 'month' as const, zone: 'UTC' }

/** A plan that is renewed, bought with event 1, and one that is not, with event 2. */
const bought: readonly Fact[] = [
  { type: 'AccountOpened', data: { owner: 'alice', currency: 'EUR', creditLimit: '0.00' } },
  {
    type: 'Purchased',
    data: { order: id(7), ...money, items: [{ ...plan, region: 'north', subscription: id(7), period }], lines },
  },
  { type: 'Purchased', data: { order: id(8), ...money, items: [{ ...plan, billPeriod: 'once' }], lines } },
  {
    type: 'SubscriptionPastDue',
    data: {
      ...money,
      subscription: id(7),
      subscriptionLeaf: 1,
      due: '2026-03-01',
      until: '2026-03-08',
    },
  },
]

const post = (world: ReturnType<typeof createWorld>, url: string, body: object = {}, authorization = bearer('alice')) =>
  world.app.inject({
    method: 'POST',
    url,
    headers: { authorization, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })

t.test('what is asked of the write side', async (t) => {
  const world = createWorld(bought)
  const asked = async (url: string, body?: object) => {
    const reply = await post(world, url, body)
    const [one] = world.asked.splice(0)
    return [reply.statusCode, one?.name, one?.input]
  }
  t.strictSame(await asked('/v1/accounts/alice/purchases', { plan: 'basic' }), [
    201,
    'checkout',
    { account: 'alice', plan: 'basic' },
  ])
  t.strictSame(await asked('/v1/accounts/alice/purchases', { plan: 'basic', region: 'north' }), [
    201,
    'checkout',
    { account: 'alice', plan: 'basic', region: 'north' },
  ])
  t.strictSame(await asked(`/v1/accounts/alice/subscriptions/${id(7)}/cancel`), [
    200,
    'cancel-subscription',
    { account: 'alice', subscription: id(7) },
  ])
  t.strictSame(await asked(`/v1/purchases/${id(7)}/refunds`), [201, 'refund-purchase', { order: id(7) }])
  t.strictSame(await asked('/v1/purchases/7/refunds', { amount: '1.50', reason: 'slow' }), [
    201,
    'refund-purchase',
    { order: '7', amount: '1.50', reason: 'slow' },
  ])
})

t.test('purchases are listed newest first, page by page, with their plans and how they stand', async (t) => {
  const { app } = createWorld(bought)
  const get = async (url: string) => {
    const reply = await app.inject({ url, headers: { authorization: bearer('alice') } })
    t.equal(reply.statusCode, 200)
    return { body: reply.json(), link: reply.headers.link }
  }
  const all = await get('/v1/accounts/alice/subscriptions')
  t.equal(all.link, undefined)
  t.strictSame(all.body, {
    subscriptions: [
      {
        number: 2,
        order: id(8),
        recordedAt: '2026-02-01T02:00:00.000Z',
        currency: 'EUR',
        amount: '5.00',
        refundedAmount: '0.00',
        plans: [{ ...plan, billPeriod: 'once', state: 'bought' }],
      },
      {
        number: 1,
        order: id(7),
        recordedAt: '2026-02-01T01:00:00.000Z',
        currency: 'EUR',
        amount: '5.00',
        refundedAmount: '0.00',
        plans: [
          {
            ...plan,
            region: 'north',
            subscription: id(7),
            period,
            state: 'past_due',
            until: '2026-03-08',
            paidBy: id(7),
          },
        ],
      },
    ],
    next: null,
  })
  const first = await get('/v1/accounts/alice/subscriptions?limit=1')
  t.match(first.body, { subscriptions: [{ number: 2 }], next: /^\w+$/ })
  const next = /^<([^>]+)>; rel="next"$/.exec(String(first.link))?.[1] ?? ''
  t.match(next, `limit=1&cursor=${first.body.next}`)
  t.match((await get(next)).body, { subscriptions: [{ number: 1 }], next: null })
})

t.test('an end is shown with its day and its reason', async (t) => {
  const ended = { account: 'alice', subscription: id(7), subscriptionLeaf: 1, endedOn: '2026-03-09' }
  const { app } = createWorld([...bought, { type: 'SubscriptionEnded', data: { ...ended, reason: 'unpaid' } }])
  const reply = await app.inject({ url: '/v1/accounts/alice/subscriptions', headers: { authorization: admin() } })
  const [, { plans }] = reply.json().subscriptions
  t.match(plans, [{ state: 'ended', endedOn: '2026-03-09', reason: 'unpaid', paidBy: id(7) }])
  t.notOk('until' in plans[0])
})

t.test(
  'renewals: up to today where no day is named; not for a day that does not exist or lies far ahead',
  async (t) => {
    const asked: unknown[] = []
    const result = { renewed: 1, pastDue: 0, ended: 0, declined: 0, unchanged: 2, failed: 0 }
    const world = createWorld(bought, {
      renew: async ({ asOf, actor, progress }) => {
        asked.push([asOf, actor.subject])
        await Promise.resolve()
        progress(result)
        return { kind: 'done', result }
      },
    })
    const reply = await post(world, '/v1/renewals', {}, admin())
    t.equal(reply.statusCode, 200)
    t.strictSame(
      reply.body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [
        { kind: 'progress', done: { renewed: 0, pastDue: 0, ended: 0, declined: 0, unchanged: 0, failed: 0 } },
        { kind: 'progress', done: result },
        { kind: 'done', result },
      ],
    )
    await post(world, '/v1/renewals', { asOf: '2027-03-02' }, admin())
    t.strictSame(asked.splice(0), [
      ['2026-03-01', 'root'],
      ['2027-03-02', 'root'],
    ])
    for (const asOf of ['2026-02-30', '2027-03-03']) {
      const { statusCode, body } = await post(world, '/v1/renewals', { asOf }, admin())
      t.equal(statusCode, 400)
      t.match(body, '"code":"invalid_date"')
    }
    t.equal((await post(world, '/v1/renewals', { asOf: '2026-3-1' }, admin())).json().code, 'invalid_request')
    t.equal((await post(createWorld(bought), '/v1/renewals', {}, admin())).json().code, 'renewal_running')
    t.strictSame(asked, [])
  },
)

t.test('a client hears that renewals have begun before any account is done', async (t) => {
  const result = { renewed: 0, pastDue: 0, ended: 0, declined: 0, unchanged: 0, failed: 0 }
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const { app } = createWorld(bought, { renew: () => ended.then(() => ({ kind: 'done', result })) })
  t.teardown(() => app.close())
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = { authorization: admin(), 'content-type': 'application/json' }
  const reply = await fetch(`${address}/v1/renewals`, { method: 'POST', headers, body: '{}' })
  t.equal(reply.status, 200)
  end()
  t.equal(
    await reply.text(),
    `${JSON.stringify({ kind: 'progress', done: result })}\n{"kind":"done","result":${JSON.stringify(result)}}\n`,
  )
})
