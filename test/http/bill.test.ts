import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { admin, bearer, createWorld, id, logOf, viewsOf } from './world.js'

const refusedOutcome = (code: 'order_not_effective' | 'order_not_pending' | 'insufficient_funds') => ({
  kind: 'refused' as const,
  refusal: { code, detail: 'No.', onRequest: false },
})

t.test('info shows the three amounts as exact numbers, under both paths, with and without a slash', async (t) => {
  const { app } = createWorld()
  for (const url of ['/bill/alice', '/bill/alice/', '/bill/alice/info', '/bill/alice/info/']) {
    const reply = await app.inject({ url, headers: { authorization: bearer('alice') } })
    t.equal(reply.statusCode, 200)
    t.equal(
      reply.body,
      '{"data":{"actual_balance":870.5,"available_balance":850.5,"credit_limit":500},"code":0,"msg":"ok"}',
    )
  }
})

t.test('a balance of twenty digits is printed digit for digit', async (t) => {
  const { app } = createWorld([
    { type: 'AccountOpened', data: { owner: 'rich', creditLimit: '0.00', currency: 'EUR' } },
    {
      type: 'Recharged',
      data: { transfer: id(1), account: 'rich', amount: '12345678901234567890.01', method: 'manual', currency: 'EUR' },
    },
  ])
  const reply = await app.inject({ url: '/bill/rich/info', headers: { authorization: bearer('rich') } })
  t.match(reply.body, '"actual_balance":12345678901234567890.01,')
})

t.test('a bare token is taken as the document has it, and USER must be the one who asks', async (t) => {
  const { app } = createWorld()
  const bare = bearer('alice').slice('Bearer '.length)
  const with_ = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/bill/alice', headers })).statusCode
  t.equal(await with_({ authorization: bare, user: 'alice' }), 200)
  t.equal(await with_({ authorization: bare, user: 'bob' }), 403)
  t.equal(await with_({ authorization: bare, user: '' }), 403)
  t.equal(await with_({ authorization: admin(), user: 'root' }), 200)
  t.equal(await with_({ authorization: bearer('bob') }), 403)
  const zoe = Buffer.from('zoë').toString('latin1')
  t.equal(await with_({ authorization: bearer('zoë', { roles: ['auditor'] }), user: zoe }), 200)
})

t.test('an account that is not there is 404 to who may read it, and 403 to all others', async (t) => {
  const { app } = createWorld()
  const ask = async (authorization: string) => {
    const reply = await app.inject({ url: '/bill/nobody/info', headers: { authorization } })
    return { status: reply.statusCode, ...reply.json() }
  }
  t.match(await ask(admin()), { status: 404, code: 2009, msg: /^account_not_found: / })
  t.match(await ask(bearer('alice')), { status: 403, code: 2008, msg: /^forbidden: / })
})

t.test('a trade is one command with the amount as it was written, and replies ok with its position', async (t) => {
  const { app, asked } = createWorld()
  for (const [trade_amount, plan] of [
    ['"100.10"', '"11"'],
    ['100.10', '11'],
  ]) {
    const reply = await app.inject({
      method: 'PUT',
      url: '/bill/alice/trade',
      headers: { authorization: bearer('alice'), 'content-type': 'text/json;charset=UTF-8' },
      payload: `{"trade_amount":${trade_amount},"trade_user":"bob","plan_id":${plan}}`,
    })
    t.equal(reply.statusCode, 200)
    t.equal(reply.body, '{"code":0,"msg":"ok"}')
    t.match(reply.headers, { 'ledger-position': /^[A-Za-z0-9_-]+$/, 'ledger-visible': undefined })
  }
  const { name, input, context } = asked[1] ?? {}
  t.equal(name, 'trade')
  t.strictSame(input, { buyer: 'alice', seller: 'bob', amount: '100.10', plan: '11' })
  t.match(context, { correlationId: /^0000/, idempotency: null })
})

t.test('status 1 only authorises', async (t) => {
  const { app, asked } = createWorld()
  const headers = { authorization: bearer('alice') }
  const payload = '{"trade_amount":"1","trade_user":"bob","status":1}'
  t.equal((await app.inject({ method: 'PUT', url: '/bill/alice/trade/', headers, payload })).statusCode, 200)
  t.equal(asked[0]?.name, 'authorize')
})

t.test('a recharge opens the account', async (t) => {
  const { app, asked } = createWorld()
  const payload = '{"trade_amount":3000.01}'
  const headers = { authorization: admin() }
  t.equal((await app.inject({ method: 'PUT', url: '/bill/new/recharge', headers, payload })).statusCode, 200)
  t.strictSame(asked[0]?.input, { account: 'new', amount: '3000.01', method: 'manual', opens: true })
})

t.test('cancel asks for a refund, and voids an order that is pending', async (t) => {
  const { app, asked, outcomes } = createWorld()
  const cancel = () =>
    app.inject({
      method: 'PUT',
      url: '/bill/alice/cancel',
      headers: { authorization: bearer('alice') },
      payload: '{"order_id":"4"}',
    })
  t.equal((await cancel()).statusCode, 200)
  const [{ name, input } = {}] = asked.splice(0)
  t.strictSame({ name, input }, { name: 'request-refund', input: { account: 'alice', order: '4', again: false } })
  outcomes.push(refusedOutcome('order_not_effective'))
  t.equal((await cancel()).statusCode, 200)
  t.strictSame(
    asked.splice(0).map(({ name }) => name),
    ['request-refund', 'void'],
  )
  outcomes.push(refusedOutcome('order_not_effective'), refusedOutcome('order_not_pending'))
  t.match((await cancel()).json(), { code: 2019 }, 'the first refusal is the answer')
  outcomes.push(refusedOutcome('insufficient_funds'))
  t.equal((await cancel()).statusCode, 402)
})

t.test('status decides a refund or takes the money of a pending order, by who asks', async (t) => {
  const { app, asked } = createWorld()
  const commandOf = async (subject: string, status: unknown, order: string, claims = {}) => {
    const reply = await app.inject({
      method: 'PUT',
      url: `/bill/${subject}/status`,
      headers: { authorization: bearer(subject, claims) },
      payload: JSON.stringify({ order_id: order, status }),
    })
    return asked.shift()?.name ?? reply.statusCode
  }
  t.equal(await commandOf('bob', '2', '4'), 'capture')
  t.equal(await commandOf('bob', 4, '5'), 'approve-refund')
  t.equal(await commandOf('bob', '5', id(5)), 'reject-refund')
  t.equal(await commandOf('alice', '5', '5'), 'withdraw-refund')
  t.equal(await commandOf('alice', '5', '5', { roles: ['admin'] }), 'reject-refund')
  t.equal(await commandOf('alice', '5', '5', { accounts: ['bob'] }), 'reject-refund')
  t.equal(await commandOf('alice', '5', '77'), 'reject-refund', 'an unknown order is refused by the rules')
  for (const status of ['1', '3', '6', 2.5, null]) t.equal(await commandOf('bob', status, '5'), 400)
})

t.test('detail lists both records of a trade under one number, newest first', async (t) => {
  const { app } = createWorld()
  const read = async (name: string) =>
    (await app.inject({ url: `/bill/${name}/detail`, headers: { authorization: bearer(name) } })).json()
  t.strictSame(await read('alice'), {
    data: [
      line(5, { trade_type: 3, status: 3, trade_user: 'bob', trade_amount: 30 }),
      line(5, { trade_type: 2, status: 3, trade_user: 'bob', trade_amount: 30 }),
      line(4, { trade_type: 2, status: 1, trade_user: 'bob', trade_amount: 20 }),
      line(3, { trade_type: 2, status: 2, trade_user: 'bob', trade_amount: 100, plan_id: '11' }),
      line(2, { trade_type: 1, status: 2, trade_user: 'alice', trade_amount: 1000.5 }),
    ],
    code: 0,
    msg: 'ok',
  })
  t.match((await read('bob')).data, [
    { order_id: 5, trade_type: 2, status: 3 },
    { order_id: 5, trade_type: 3 },
    { order_id: 4, trade_type: 3, status: 1 },
    { order_id: 3, trade_type: 3, plan_id: '11', trade_user: 'alice' },
  ])
})

const line = (order: number, rest: object) => ({
  order_id: order,
  plan_id: '',
  trade_time: '2026-02-01',
  ...rest,
})

t.test('detail filters by the query or by a body, whatever the form', async (t) => {
  const { app } = createWorld()
  const numbers = async (query: string, payload?: string) => {
    const reply = await app.inject({
      method: 'GET',
      url: `/bill/alice/detail${query}`,
      headers: { authorization: bearer('alice') },
      ...(payload !== undefined && { payload }),
    })
    return reply.statusCode === 200
      ? reply.json().data.map(({ order_id }: { order_id: number }) => order_id)
      : reply.json().code
  }
  t.strictSame(await numbers('?trade_type=1'), [2])
  t.strictSame(await numbers('', '{"trade_type":"1"}'), [2])
  t.strictSame(await numbers('', '{"trade_type":2,"status":3}'), [5])
  t.strictSame(await numbers('?trade_type=1', '{"trade_type":"2"}'), [2], 'the query counts')
  t.strictSame(await numbers('?start_time=2026-02-01&end_time=2026-02-01'), [5, 5, 4, 3, 2])
  t.strictSame(await numbers('?start_time=2026-02-02'), [])
  t.strictSame(await numbers('?start_time=2026-03-20'), [], 'older entries are not looked at')
  t.strictSame(await numbers('?end_time=2026-01-31'), [])
  t.equal(await numbers('?start_time=2026-02-30'), 2006)
  t.equal(await numbers('?start_time=yesterday'), 1006)
  t.equal(await numbers('?trade_type=4'), 1006)
  t.equal(await numbers('?trade_type=1&trade_type=1'), 1006)
  t.equal(await numbers('?cursor=abc'), 1017)
})

t.test('a long search lets others be served between its pages', async (t) => {
  const facts = Array.from({ length: 3_500 }, (_, leaf) =>
    leaf === 0
      ? { type: 'AccountOpened' as const, data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } }
      : {
          type: 'Recharged' as const,
          data: { transfer: id(leaf), account: 'alice', amount: '1.00', method: 'manual', currency: 'EUR' },
        },
  )
  let pages = 0
  const served: number[] = []
  const views = viewsOf(logOf(facts))
  const { app } = createWorld(facts, {
    views: {
      ...views,
      rows: async (...asked) => {
        pages += 1
        setImmediate(() => served.push(pages))
        return views.rows(...asked)
      },
    },
  })
  const headers = { authorization: bearer('alice') }
  const reply = await app.inject({ url: '/bill/alice/detail?trade_type=2', headers })
  t.strictSame(reply.json().data, [])
  t.strictSame(served.slice(0, 3), [1, 2, 3])
})

t.test('a day ends at midnight of the configured zone', async (t) => {
  const late = Array.from({ length: 17 }, (_, leaf) =>
    leaf === 0
      ? { type: 'AccountOpened' as const, data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } }
      : {
          type: 'Recharged' as const,
          data: { transfer: id(leaf), account: 'alice', amount: '1.00', method: 'manual', currency: 'EUR' },
        },
  )
  const { app } = createWorld(late)
  const reply = await app.inject({
    url: '/bill/alice/detail?start_time=2026-02-02',
    headers: { authorization: bearer('alice') },
  })
  t.match(reply.json().data, [{ order_id: 16, trade_time: '2026-02-02' }], '16:00 in UTC is the next day in Shanghai')
  t.equal(reply.json().data.length, 1)
})

t.test('detail is cut at a thousand records, with a link to the rest that keeps the filters', async (t) => {
  const { app } = createWorld([
    { type: 'AccountOpened', data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } },
    ...Array.from({ length: 2300 }, (_, index) => ({
      type: 'Recharged' as const,
      data: { transfer: id(index), account: 'alice', amount: '1.00', method: 'manual', currency: 'EUR' },
    })),
  ])
  const seen: number[] = []
  let url: string | undefined = '/bill/alice/detail?trade_type=1'
  let pages = 0
  while (url !== undefined) {
    const reply: LightMyRequestResponse = await app.inject({ url, headers: { authorization: bearer('alice') } })
    seen.push(...reply.json().data.map(({ order_id }: { order_id: number }) => order_id))
    const link: unknown = reply.headers.link
    if (link !== undefined) t.match(link, /^<\/bill\/alice\/detail\?trade_type=1&cursor=[^>]+>; rel="next"$/)
    url = typeof link === 'string' ? /<([^>]+)>/.exec(link)?.[1] : undefined
    pages++
  }
  t.equal(pages, 3)
  t.strictSame(
    seen,
    Array.from({ length: 2300 }, (_, index) => 2300 - index),
  )
  const none = await app.inject({ url: '/bill/alice/detail?trade_type=2', headers: { authorization: bearer('alice') } })
  t.strictSame(none.json().data, [])
})

t.test('a search that finds little looks at so many entries at once, and gives a link to go on', async (t) => {
  const { app } = createWorld([
    { type: 'AccountOpened', data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } },
    ...Array.from({ length: 10_500 }, (_, index) => ({
      type: 'Recharged' as const,
      data: { transfer: id(index), account: 'alice', amount: '1.00', method: 'manual', currency: 'EUR' },
    })),
  ])
  const headers = { authorization: bearer('alice') }
  const reply = await app.inject({ url: '/bill/alice/detail?trade_type=2', headers })
  t.strictSame(reply.json().data, [])
  const next = /<([^>]+)>/.exec(String(reply.headers.link))?.[1] ?? ''
  const rest = await app.inject({ url: next, headers })
  t.strictSame([rest.json().data, rest.headers.link], [[], undefined])
})
