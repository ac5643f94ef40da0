import t from 'tap'
import { bearer, createWorld, eventId, id, logOf, story, viewsOf } from './world.js'

t.test('entries and history come in pages, each with a cursor to the next', async (t) => {
  const { app } = createWorld(story.slice(0, 7))
  const walk = async (first: string, field: 'entries' | 'history') => {
    const leaves: number[] = []
    let url = first
    for (let pages = 0; pages < 10; pages++) {
      const reply = await app.inject({ url, headers: { authorization: bearer('alice') } })
      leaves.push(...reply.json()[field].map(({ leaf }: { leaf: number }) => leaf))
      const next = /<([^>]+)>/.exec(String(reply.headers.link ?? ''))?.[1]
      if (next === undefined) {
        t.equal(reply.json().next, null)
        return leaves
      }
      t.ok(next.includes(reply.json().next))
      url = next
    }
    return leaves
  }
  t.strictSame(await walk('/v1/accounts/alice/entries?limit=2', 'entries'), [6, 5, 4, 3, 2, 0])
  t.strictSame(await walk('/v1/accounts/alice/entries?limit=2&order=asc', 'entries'), [0, 2, 3, 4, 5, 6])
  t.strictSame(await walk('/v1/accounts/alice/entries', 'entries'), [6, 5, 4, 3, 2, 0])
  t.strictSame(await walk('/v1/accounts/alice/history?limit=4', 'history'), [0, 2, 3, 4, 5, 6])
  t.strictSame(await walk('/v1/accounts/alice/history', 'history'), [0, 2, 3, 4, 5, 6])
  const headers = { authorization: bearer('alice') }
  for (const limit of ['0', '1001', '-1', '1e3', 'x']) {
    t.equal((await app.inject({ url: `/v1/accounts/alice/entries?limit=${limit}`, headers })).statusCode, 400)
  }
  for (const [limit, status] of [
    ['100', 200],
    ['101', 400],
    ['1000', 400],
    ['0', 400],
  ] as const) {
    const reply = await app.inject({ url: `/v1/accounts/alice/history?limit=${limit}`, headers })
    t.equal(reply.statusCode, status, `history of ${limit}`)
    if (status === 400) t.match(reply.json(), { detail: 'query/limit: a whole number from 1 to 100 was expected' })
  }
  t.equal((await app.inject({ url: '/v1/accounts/alice/entries?cursor=MTI', headers })).json().code, 'cursor_invalid')
})

t.test('history shows events whole, but not the keys of clients', async (t) => {
  const { app } = createWorld()
  const { history } = (
    await app.inject({ url: '/v1/accounts/bob/history', headers: { authorization: bearer('bob') } })
  ).json()
  t.strictSame(history.at(-1), {
    id: eventId(6),
    type: 'RefundRequested',
    leaf: 6,
    stream: 'account-bob',
    revision: 1,
    data: story[6]?.data,
    metadata: { recordedAt: '2026-02-01T06:00:00.000Z', actor: 'root', correlationId: 'c', causationId: id(1) },
  })
})

t.test('what the log does not hold is our fault, not an empty history', async (t) => {
  const decode = () => {
    throw new Error('damaged')
  }
  const world = createWorld(story, { decode })
  const headers = { authorization: bearer('alice') }
  t.equal((await world.app.inject({ url: '/v1/accounts/alice/history', headers })).statusCode, 500)
  const log = {
    epoch: 'e',
    readStream: async () => [],
    readLog: async () => [],
    eventAt: async () => undefined,
    subscribe: async function* () {},
    close: async () => {},
  }
  const short = createWorld(story, { log })
  t.equal((await short.app.inject({ url: '/v1/accounts/alice/history', headers })).statusCode, 500)
})

t.test('an order that the views do not hold yet is asked for again', async (t) => {
  const views = {
    document: async () => null,
    row: async () => null,
    rows: async () => [],
    checkpoint: async () => null,
    close: async () => {},
  }
  const { app } = createWorld(story, { views })
  const reply = await app.inject({ url: '/v1/orders/3', headers: { authorization: bearer('alice') } })
  t.match([reply.statusCode, reply.json().code], [503, 'position_not_reached'])
  const [whole] = await viewsOf(logOf(story)).rows('ledger', { key: 'alice', from: 3, direction: 'forwards', max: 1 })
  for (const field of ['order', 'amount']) {
    const { [field]: _, ...body } = whole?.body ?? {}
    const damaged = createWorld(story, {
      views: { ...views, row: async () => ({ key: 'alice', leaf: 3, at: 3, body }) },
    })
    const headers = { authorization: bearer('alice') }
    t.equal((await damaged.app.inject({ url: '/v1/orders/3', headers })).statusCode, 500)
  }
  const odd = createWorld(story, { views: { ...views, row: async () => ({ key: 'alice', leaf: 3, at: 3, body: {} }) } })
  t.equal((await odd.app.inject({ url: '/v1/orders/3', headers: { authorization: bearer('alice') } })).statusCode, 500)
})

t.test('health says that we live, ready what is missing', async (t) => {
  const { app } = createWorld()
  t.strictSame((await app.inject('/health')).json(), { status: 'alive' })
  t.strictSame((await app.inject('/ready')).json(), { ready: true, parts: [{ name: 'store', ready: true }] })
  const missing = [
    { name: 'store', ready: true },
    { name: 'views', ready: false, code: 'behind', detail: '5 events to go' },
  ]
  const reply = await createWorld(story, { ready: async () => missing }).app.inject('/ready/')
  t.equal(reply.statusCode, 503)
  t.strictSame(reply.json(), { ready: false, parts: missing })
})
