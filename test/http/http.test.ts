import { Writable } from 'node:stream'
import t from 'tap'
import { Unavailable } from '../../src/commands/port.js'
import { createAuthenticate, signToken } from '../../src/http/auth.js'
import { writeToken } from '../../src/http/token.js'
import { StoreDamaged } from '../../src/store/errors.js'
import { admin, bearer, createWorld, NOW, secret, story, type World } from './world.js'

const put = (world: World, headers: Record<string, string> = {}, payload = '{"trade_amount":"1","trade_user":"bob"}') =>
  world.app.inject({
    method: 'PUT',
    url: '/bill/alice/trade',
    headers: { authorization: bearer('alice'), ...headers },
    payload,
  })

t.test('a key goes along with a fingerprint of method, path, query and body', async (t) => {
  const world = createWorld()
  const print = async (payload: string, url = '/bill/alice/trade') => {
    const headers = { authorization: bearer('alice'), 'idempotency-key': 'K-1' }
    await world.app.inject({ method: 'PUT', url, headers, payload })
    const { idempotency } = world.asked.pop()?.context ?? {}
    t.equal(idempotency?.key, 'K-1')
    t.match(idempotency?.fingerprint, /^[A-Za-z0-9_-]{43}$/)
    return idempotency?.fingerprint
  }
  const first = await print('{"trade_amount":"1","trade_user":"bob"}')
  t.equal(await print(' {"trade_user": "bob", "trade_amount": "1"} '), first, 'order and space do not count')
  t.equal(await print('{"trade_amount":"1","trade_user":"bob"}', '/bill/alice/trade/'), first)
  const early = writeToken('p1', 1)
  const late = writeToken('p1', 7)
  for (const query of [`?minPosition=${early}`, `/?minPosition=${late}`, `?min%50osition=${late}`]) {
    t.equal(await print('{"trade_amount":"1","trade_user":"bob"}', `/bill/alice/trade${query}`), first, query)
  }
  t.not(await print('{"trade_amount":"1.0","trade_user":"bob"}'), first)
  t.not(await print('{"trade_amount":1,"trade_user":"bob"}'), first)
  t.not(await print('{"trade_amount":"1","trade_user":"bob"}', '/bill/bob/trade'), first)
})

t.test('keys and correlation ids that are none are refused', async (t) => {
  const world = createWorld()
  for (const key of ['', 'a b', 'ü', 'x'.repeat(256)]) {
    t.match((await put(world, { 'idempotency-key': key })).json(), { code: 1012 })
  }
  for (const id of ['', 'a b', 'x'.repeat(129)]) {
    t.match((await put(world, { 'correlation-id': id })).json(), { code: 1014 })
  }
  t.equal(world.asked.length, 0)
  await put(world, { 'correlation-id': 'mine' })
  t.equal(world.asked[0]?.context.correlationId, 'mine')
})

t.test('no reply may be kept on the way', async (t) => {
  const { app } = createWorld()
  for (const [url, status] of [
    ['/v1/accounts/alice', 200],
    ['/payment/v1/balance?namespace=alice', 200],
    ['/bill/alice', 200],
    ['/v1/nothing', 404],
    ['/v1/accounts/alice?x=1', 400],
  ] as const) {
    const { statusCode, headers } = await app.inject({ url, headers: { authorization: admin() } })
    t.strictSame([statusCode, headers['cache-control']], [status, 'no-store'], url)
  }
})

t.test('a replay and views that are late are said in headers', async (t) => {
  const world = createWorld()
  const first = await put(world)
  t.match(first.headers, { 'ledger-visible': undefined, 'idempotent-replayed': undefined })
  const { outcomes } = world
  const done = world.asked[0] && (await import('./world.js')).logOf(story)[3]
  if (done === undefined) throw new Error('no event')
  outcomes.push({ kind: 'done', event: done, replayed: true, standing: null })
  world.visible = false
  const second = await put(world)
  t.equal(second.body, first.body)
  t.match(second.headers, {
    'ledger-visible': 'false',
    'idempotent-replayed': 'true',
    'ledger-position': first.headers['ledger-position'],
  })
})

t.test('a client may wait for the disk alone; another word is refused before anything is written', async (t) => {
  const world = createWorld()
  t.match((await put(world, { 'ledger-wait': 'visible' })).headers, { 'ledger-visible': undefined })
  t.match((await put(world, { 'ledger-wait': 'durable' })).headers, { 'ledger-visible': 'false' })
  t.equal(world.asked.length, 2)
  t.match(await put(world, { 'ledger-wait': 'soon' }), { statusCode: 400 })
  t.equal(world.asked.length, 2)
})

t.test('a key of another request is 422, and what cannot be said now is 503 with Retry-After', async (t) => {
  const world = createWorld()
  world.outcomes.push({ kind: 'key-reused' }, new Unavailable('disk_full', 'The store is full.'))
  t.match(await put(world), { statusCode: 422 })
  const full = await put(world)
  t.match(full, { statusCode: 503, headers: { 'retry-after': '1' } })
  t.strictSame(full.json(), { code: 1102, msg: 'disk_full: The store is full.' })
})

t.test('an error of our own is logged without the request, and the client learns only where to find it', async (t) => {
  const lines: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const world = createWorld(story, { logger: { stream } })
  world.outcomes.push(new Error('a bug'), Object.assign(new Error('odd'), { statusCode: 400 }))
  const reply = await put(world)
  t.equal(reply.statusCode, 500)
  t.match(reply.json().msg, /^internal_error: .* \(request [0-9a-f-]{36}\)$/)
  t.equal(lines.length, 1)
  t.match(lines[0], /a bug/)
  t.notMatch(lines[0], /Bearer|trade_amount|alice/)
  t.equal((await put(world)).statusCode, 400, 'a broken stream is the client\u2019s')
  world.outcomes.push(new StoreDamaged('an event is gone'))
  const damaged = await put(world)
  t.equal(damaged.statusCode, 500)
  t.equal(damaged.json().msg, 'store_damaged: an event is gone')
  t.equal(lines.length, 2)
  t.match(lines[1], /store_damaged/, 'whoever runs it hears of it too')
  const odd = createWorld(story, {
    ready: async () => {
      throw 'text'
    },
  })
  t.equal((await odd.app.inject('/ready')).json().code, 'internal_error')
})

t.test('reads and writes wait for a position, and say so when it does not come', async (t) => {
  const waited: number[] = []
  let there = true
  const wait = async (_name: string, leaf: number) => {
    waited.push(leaf)
    return there
  }
  const world = createWorld(story, { visibility: { reached: (_, leaf) => leaf === -1, wait, show: wait } })
  const position = writeToken('p1', 42)
  const get = (query: string, headers = {}) =>
    world.app.inject({ url: `/bill/alice${query}`, headers: { authorization: bearer('alice'), ...headers } })
  t.equal((await get(`?minPosition=${position}`)).statusCode, 200)
  t.equal((await get('', { 'ledger-min-position': position })).statusCode, 200)
  t.equal((await put(world, { 'ledger-min-position': position })).statusCode, 200)
  const named = waited.filter((leaf) => leaf >= 0)
  t.strictSame(named, [42, 42, 42, 3])
  for (const bad of ['x', writeToken('c1', 42), '', `${position}.`, Buffer.from('p1.042').toString('base64url')]) {
    t.match((await get(`?minPosition=${bad}`)).json(), { code: 1015 })
  }
  t.match((await get(`?minPosition=${'x'.repeat(40)}`)).json(), { code: 1015 })
  there = false
  const late = await get(`?minPosition=${position}`)
  t.match(late, { statusCode: 503, headers: { 'retry-after': '1' } })
  t.match(late.json(), { code: 1016 })
})

t.test('content types: JSON in UTF-8, on bill also text/json or none', async (t) => {
  const world = createWorld()
  const bill = async (type: string | undefined) => {
    const reply = await world.app.inject({
      method: 'PUT',
      url: '/bill/alice/recharge',
      headers: { authorization: admin(), ...(type !== undefined && { 'content-type': type }) },
      payload: Buffer.from('{"trade_amount":"1"}'),
    })
    return reply.statusCode
  }
  for (const type of [
    undefined,
    'text/json',
    'application/json',
    'application/json; charset=utf-8',
    'text/json;charset="UTF-8"',
    'application/json; version=1',
  ]) {
    t.equal(await bill(type), 200, type ?? 'none')
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'nonsense',
  ]) {
    t.equal(await bill(type), 415, type)
  }
  const v1 = async (type: string | undefined) => {
    const reply = await world.app.inject({
      method: 'POST',
      url: '/v1/accounts/alice/freeze',
      headers: { authorization: admin(), ...(type !== undefined && { 'content-type': type }) },
      payload: Buffer.from('{"reason":"x"}'),
    })
    return [reply.statusCode, reply.json().code]
  }
  t.strictSame(await v1('application/json'), [200, undefined])
  t.strictSame(await v1('text/json'), [415, 'unsupported_media_type'])
  t.strictSame(await v1(undefined), [415, 'unsupported_media_type'])
  const empty = { authorization: admin(), 'content-type': 'application/json' }
  const none = await world.app.inject({ method: 'POST', url: '/v1/orders/4/void', headers: empty, payload: '' })
  t.equal(none.statusCode, 200, 'an empty body is none')
  const odd = { authorization: admin(), 'transfer-encoding': 'chunked' }
  t.equal((await world.app.inject({ method: 'POST', url: '/v1/orders/4/void', headers: odd })).statusCode, 200)
})

t.test('bodies have a limit, the bulk route its own', async (t) => {
  const world = createWorld()
  const reply = await put(world, {}, `{"trade_amount":"1","trade_user":"bob"${' '.repeat(17_000)}}`)
  t.match(reply, { statusCode: 413 })
  t.match(reply.json(), { code: 1008 })
  const items = `{"items":[{"buyer":"alice","seller":"bob","amount":"1"}]${' '.repeat(100_000)}}`
  const headers = { authorization: bearer('alice'), 'content-type': 'application/json' }
  const post = (payload: string) => world.app.inject({ method: 'POST', url: '/v1/transfers/bulk', headers, payload })
  t.equal((await post(items)).statusCode, 200)
  t.equal((await post(items + ' '.repeat(512 * 1024))).json().code, 'body_too_large')
})

t.test('paths that are not there, and methods that a path does not know', async (t) => {
  const { app } = createWorld()
  t.match((await app.inject('/bill/alice/nothing')).json(), { code: 1002 })
  t.match((await app.inject('/nothing')).json(), { code: 'not_found', status: 404 })
  t.match((await app.inject({ method: 'POST', url: '/', payload: '{', headers: { 'content-type': 'x/y' } })).json(), {
    code: 'not_found',
  })
  const reply = await app.inject({ method: 'DELETE', url: '/v1/accounts/alice/' })
  t.match([reply.statusCode, reply.headers.allow, reply.json().code], [405, 'GET', 'method_not_allowed'])
  t.match((await app.inject({ method: 'POST', url: '/bill/alice' })).json(), { code: 1003 })
  t.match((await app.inject('/bill/%zz')).json(), { code: 1004 })
  t.match((await app.inject(`/v1/accounts/${'x'.repeat(2000)}`)).json(), { code: 'invalid_url' })
})

t.test('the scope recharge comes with the configuration for demos', async (t) => {
  const authenticate = createAuthenticate({ key: { secret }, selfRecharge: true, clock: () => NOW })
  const world = createWorld(story, { authenticate })
  const token = signToken({ secret, subject: 'alice', issuedAt: NOW / 1000, expiresAt: NOW / 1000 + 1 })
  const payload = '{"trade_amount":"1"}'
  await world.app.inject({ method: 'PUT', url: '/bill/alice/recharge', headers: { authorization: token }, payload })
  t.equal(world.asked[0]?.context.actor.may('recharge'), true)
})
