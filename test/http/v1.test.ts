import t from 'tap'
import { admin, bearer, createWorld, id, story } from './world.js'

const json = { 'content-type': 'application/json' }

t.test('an account shows its amounts as text', async (t) => {
  const { app } = createWorld(story.slice(0, 7))
  const reply = await app.inject({ url: '/v1/accounts/alice', headers: { authorization: bearer('alice') } })
  t.strictSame(reply.json(), {
    name: 'alice',
    currency: 'EUR',
    state: 'active',
    actual: '870.50',
    held: '20.00',
    available: '850.50',
    creditLimit: '500.00',
    spendable: '1350.50',
    leaf: 6,
  })
})

t.test('each write is one command with the input as it was given, and replies its event', async (t) => {
  const { app, asked } = createWorld()
  const post = async (url: string, payload: object, method: 'POST' | 'PUT' = 'POST') => {
    const reply = await app.inject({ method, url, headers: { ...json, authorization: admin() }, payload })
    const { name, input } = asked.shift() ?? {}
    return [reply.statusCode, name, input]
  }
  const refund = `/v1/orders/3/refunds/${id(6)}`
  const cases: readonly (readonly [string, object, number, string, object])[] = [
    ['/v1/accounts', { name: 'e\u0301', currency: 'JPY' }, 201, 'open', { owner: 'é', currency: 'JPY' }],
    [
      '/v1/accounts/a/recharges',
      { amount: '1', method: 'bank', effectiveDate: '2026-01-01' },
      201,
      'recharge',
      { account: 'a', amount: '1', method: 'bank', effectiveDate: '2026-01-01', opens: false },
    ],
    ['/v1/accounts/a/withdrawals', { amount: '1' }, 201, 'withdraw', { account: 'a', amount: '1', method: 'manual' }],
    [
      '/v1/accounts/a/reversals',
      { recharge: id(2), reason: 'x' },
      201,
      'reverse-recharge',
      { account: 'a', recharge: id(2), reason: 'x' },
    ],
    [
      '/v1/accounts/a/adjustments',
      { direction: 'down', amount: '1', reason: 'x' },
      201,
      'adjust',
      { account: 'a', amount: '1', direction: 'down', reason: 'x' },
    ],
    ['/v1/accounts/a/freeze', { reason: 'x' }, 200, 'freeze', { account: 'a', reason: 'x' }],
    ['/v1/accounts/a/unfreeze', { reason: 'x' }, 200, 'unfreeze', { account: 'a', reason: 'x' }],
    [
      '/v1/transfers',
      { buyer: 'a', seller: 'b', amount: '1', plan: 'p' },
      201,
      'trade',
      { buyer: 'a', seller: 'b', amount: '1', plan: 'p' },
    ],
    [
      '/v1/transfers',
      { buyer: 'a', seller: 'b', amount: '1', authorize: true, expiresAt: '2026-04-01T00:00:00.000Z' },
      201,
      'authorize',
      { buyer: 'a', seller: 'b', amount: '1', expiresAt: '2026-04-01T00:00:00.000Z' },
    ],
    ['/v1/orders/4/capture', { amount: '1' }, 200, 'capture', { order: '4', amount: '1' }],
    ['/v1/orders/4/void', {}, 200, 'void', { order: '4' }],
    ['/v1/orders/3/refunds', { amount: '1' }, 201, 'request-refund', { order: '3', amount: '1', again: true }],
    [`${refund}/approve`, {}, 200, 'approve-refund', { order: '3', refund: id(6) }],
    [`${refund}/reject`, { reason: 'x' }, 200, 'reject-refund', { order: '3', refund: id(6), reason: 'x' }],
    [`${refund}/withdraw`, {}, 200, 'withdraw-refund', { order: '3', refund: id(6) }],
  ]
  for (const [url, body, ...expected] of cases) t.strictSame(await post(url, body), expected, url)
  t.strictSame(await post('/v1/accounts/a/credit-limit', { creditLimit: '5' }, 'PUT'), [
    200,
    'credit-limit',
    { account: 'a', creditLimit: '5' },
  ])
  const payload = { buyer: 'alice', seller: 'bob', amount: '100' }
  const headers = { ...json, authorization: bearer('alice') }
  t.strictSame((await app.inject({ method: 'POST', url: '/v1/transfers', headers, payload })).json(), {
    type: 'Traded',
    leaf: 3,
    recordedAt: '2026-02-01T03:00:00.000Z',
    order: id(3),
    buyer: 'alice',
    seller: 'bob',
    amount: '100.00',
    plan: '11',
    currency: 'EUR',
  })
  asked.length = 0
  t.match(await post('/v1/transfers', { ...payload, expiresAt: '2026-04-01T00:00:00.000Z' }), [400, undefined])
})

t.test('a refusal is a problem with a code and what to do', async (t) => {
  const { app, outcomes } = createWorld()
  outcomes.push({
    kind: 'refused',
    refusal: { code: 'insufficient_funds', detail: 'Spendable is 1.00 EUR.', onRequest: false },
  })
  const payload = { buyer: 'alice', seller: 'bob', amount: '100' }
  const headers = { ...json, authorization: bearer('alice') }
  const reply = await app.inject({ method: 'POST', url: '/v1/transfers', headers, payload })
  t.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.strictSame(reply.json(), {
    type: '/errors#insufficient_funds',
    title: 'Payment Required',
    status: 402,
    detail: 'Spendable is 1.00 EUR.',
    code: 'insufficient_funds',
    next: 'Recharge it, or send less.',
  })
})

t.test('an order shows its state to its parties, to nobody else', async (t) => {
  const { app } = createWorld()
  const get = async (reference: string, subject: string) => {
    const reply = await app.inject({ url: `/v1/orders/${reference}`, headers: { authorization: bearer(subject) } })
    return { statusCode: reply.statusCode, ...reply.json() }
  }
  t.strictSame(await get(id(5), 'bob'), {
    statusCode: 200,
    id: id(5),
    number: 5,
    buyer: 'alice',
    seller: 'bob',
    status: 'refunding',
    currency: 'EUR',
    amount: '30.00',
    paidAmount: '30.00',
    refundedAmount: '0.00',
    underReviewAmount: '30.00',
    recordedAt: '2026-02-01T05:00:00.000Z',
  })
  t.match(await get('3', 'alice'), { status: 'effective', plan: '11' })
  t.match(await get('4', 'alice'), { status: 'pending', paidAmount: '0.00', expiresAt: '2026-04-01T00:00:00.000Z' })
  t.notOk('expiresAt' in (await get('3', 'alice')), 'what was paid at once runs out never')
  t.match(await get('4', 'carol'), { statusCode: 404, code: 'order_not_found' })
  t.match(await get('2', 'alice'), { statusCode: 404, code: 'order_not_found' })
})

const party = { order: id(5), orderLeaf: 5, buyer: 'alice', seller: 'bob', currency: 'EUR' }
const decided = { ...party, refund: id(6), refundLeaf: 6, amount: '30.00' }

t.test('the states of an order, on /v1 and as the numbers of bill', async (t) => {
  const authorised = { order: id(4), orderLeaf: 4, buyer: 'alice', seller: 'bob', amount: '15.00', currency: 'EUR' }
  const states = async (...more: readonly (typeof story)[number][]) => {
    const { app } = createWorld([...story, ...more])
    const headers = { authorization: bearer('alice') }
    const order = async (leaf: number) => (await app.inject({ url: `/v1/orders/${leaf}`, headers })).json().status
    const { data } = (await app.inject({ url: '/bill/alice/detail', headers })).json()
    const bill = data.map((record: { order_id: number; trade_type: number; status: number; trade_amount: number }) => [
      record.order_id,
      record.trade_type,
      record.status,
      record.trade_amount,
    ])
    return { four: await order(4), five: await order(5), bill }
  }
  t.match(await states({ type: 'RefundApproved', data: decided }), {
    five: 'refunded',
    bill: [[5, 3, 4], [5, 2, 4], [4], [3], [2]],
  })
  t.match(await states({ type: 'RefundRejected', data: decided }), {
    five: 'rejected',
    bill: [
      [5, 3, 5],
      [5, 2, 5],
    ],
  })
  t.match(await states({ type: 'RefundWithdrawn', data: decided }), {
    five: 'effective',
    bill: [
      [5, 3, 2],
      [5, 2, 2],
    ],
  })
  t.match(await states({ type: 'TradeVoided', data: { ...authorised, amount: '20.00' } }), { four: 'voided' })
  t.match(await states({ type: 'TradeCaptured', data: { ...authorised, released: '5.00' } }), {
    four: 'effective',
    bill: [[], [], [4, 2, 2, 15]],
  })
  const part = { ...decided, refund: id(7), refundLeaf: 7, amount: '10.00' }
  const { order, orderLeaf, buyer, seller, currency } = party
  const asked = { refund: id(7), order: id(3), orderLeaf: 3, buyer, seller, amount: '10.00', currency }
  t.equal(order, id(5))
  t.equal(orderLeaf, 5)
  const some = await states(
    { type: 'RefundRequested', data: asked },
    { type: 'RefundApproved', data: { ...part, order: id(3), orderLeaf: 3 } },
  )
  t.match(some.bill.at(-2), [3, 2, 2, 100], 'a part refund leaves the order effective')
})

t.test('other movements show in bill as paid or received, and the rest does not', async (t) => {
  const money = { account: 'alice', amount: '5.00', currency: 'EUR' }
  const { app } = createWorld([
    ...story.slice(0, 3),
    { type: 'Adjusted', data: { ...money, transfer: id(7), direction: 'up', reason: 'x', approver: 'root' } },
    { type: 'Adjusted', data: { ...money, transfer: id(8), direction: 'down', reason: 'x', approver: 'root' } },
    { type: 'Withdrawn', data: { ...money, transfer: id(9), method: 'bank' } },
    {
      type: 'RechargeReversed',
      data: { ...money, transfer: id(10), recharge: id(2), rechargeLeaf: 2, method: 'manual' },
    },
    { type: 'CreditLimitChanged', data: { account: 'alice', currency: 'EUR', creditLimit: '1.00' } },
    { type: 'AccountFrozen', data: { account: 'alice', reason: 'x' } },
  ])
  const { data } = (await app.inject({ url: '/bill/alice/detail', headers: { authorization: admin() } })).json()
  t.strictSame(
    data.map((one: { order_id: number; trade_type: number; trade_user: string }) => [
      one.order_id,
      one.trade_type,
      one.trade_user,
    ]),
    [
      [2, 2, 'alice'],
      [5, 2, 'alice'],
      [4, 2, 'alice'],
      [3, 1, 'alice'],
      [2, 1, 'alice'],
    ],
  )
  const entries = await app.inject({ url: '/v1/accounts/alice/entries', headers: { authorization: admin() } })
  t.match(entries.json().entries, [{ kind: 'freeze' }, { kind: 'credit-limit', amount: '1.00' }])
})
