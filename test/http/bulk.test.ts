import t from 'tap'
import { writeToken } from '../../src/http/token.js'
import { StoreDamaged } from '../../src/store/errors.js'
import { bearer, createWorld, logOf, story } from './world.js'

const json = { 'content-type': 'application/json' }

t.test('a bulk request answers each item in order, whatever fails in it', async (t) => {
  const world = createWorld()
  const { app, asked, outcomes } = world
  const item = { buyer: 'alice', seller: 'bob', amount: '1' }
  const post = (items: unknown, key?: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/transfers/bulk',
      headers: { ...json, authorization: bearer('alice'), ...(key !== undefined && { 'idempotency-key': key }) },
      payload: { items },
    })
  outcomes.push(
    { kind: 'refused', refusal: { code: 'account_frozen', detail: 'No.', onRequest: false } },
    { kind: 'key-reused' },
    new Error('a bug'),
    new StoreDamaged('an event is gone'),
  )
  const items = [item, { ...item, key: 'own' }, item, item, item, { ...item, amount: '1e5' }, 5]
  const reply = await post(items, 'K')
  t.equal(reply.statusCode, 200)
  t.match(reply.json().results, [
    { status: 409, error: { code: 'account_frozen' } },
    { status: 422, error: { code: 'idempotency_key_reused' } },
    { status: 500, error: { code: 'internal_error' } },
    { status: 500, error: { code: 'store_damaged' } },
    { status: 201, event: { type: 'Traded', leaf: 3 } },
    { status: 400, error: { code: 'invalid_amount' } },
    { status: 400, error: { code: 'invalid_request' } },
  ])
  t.ok(reply.headers['ledger-position'])
  const keys = asked.splice(0).map(({ context }) => context.idempotency)
  t.strictSame(
    keys.map((one) => one?.key),
    ['K/0', 'own', 'K/2', 'K/3', 'K/4'],
  )
  t.equal(keys[0]?.fingerprint, keys[2]?.fingerprint, 'the same item')
  t.not(keys[0]?.fingerprint, keys[1]?.fingerprint)
  await post([item])
  t.equal(asked.splice(0)[0]?.context.idempotency, null)
  outcomes.push({ kind: 'key-reused' })
  t.equal((await post([item])).headers['ledger-position'], undefined)
  t.match((await post([item], 'k'.repeat(251))).json(), {
    status: 400,
    code: 'idempotency_key_invalid',
    detail: 'The Idempotency-Key of a bulk request has at most 250 characters: each item adds its place to it.',
  })
  t.equal((await post(Array(501).fill(item))).statusCode, 400)
  t.equal((await post([])).statusCode, 400)
  world.visible = false
  t.equal((await post([item])).headers['ledger-visible'], 'false')
  asked.length = 0
  t.equal((await post(Array(500).fill(item))).json().results.length, 500)
  t.equal(asked.length, 500)
})

t.test('a bulk request that is repeated gets the same body; the header says that nothing was written', async (t) => {
  const world = createWorld()
  const [event] = logOf(story).slice(3)
  if (event === undefined) throw new Error('no event')
  const item = { buyer: 'alice', seller: 'bob', amount: '1' }
  const send = async (...replayed: (boolean | null)[]) => {
    for (const one of replayed) {
      world.outcomes.push(
        one === null
          ? { kind: 'refused', refusal: { code: 'account_frozen', detail: 'No.', onRequest: false } }
          : { kind: 'done', event, replayed: one, standing: null },
      )
    }
    const reply = await world.app.inject({
      method: 'POST',
      url: '/v1/transfers/bulk',
      headers: { ...json, authorization: bearer('alice'), 'idempotency-key': 'K' },
      payload: { items: replayed.map(() => item) },
    })
    return { body: reply.body, marked: reply.headers['idempotent-replayed'] }
  }
  const first = await send(false, null, false)
  t.equal(first.marked, undefined)
  t.strictSame(await send(true, null, true), { body: first.body, marked: 'true' })
  t.strictSame(await send(true, null, false), first, 'something was written')
  t.equal((await send(null)).marked, undefined, 'nothing was done')
})

t.test('a bulk request waits for the position that it names, and does nothing before', async (t) => {
  const world = createWorld()
  const headers = { ...json, authorization: bearer('alice'), 'ledger-min-position': writeToken('p1', 2) }
  const items = [{ buyer: 'alice', seller: 'bob', amount: '1' }]
  const post = () => world.app.inject({ method: 'POST', url: '/v1/transfers/bulk', headers, payload: { items } })
  t.equal((await post()).statusCode, 200)
  t.equal(world.asked.length, 1)
  world.visible = false
  t.match((await post()).json(), { code: 'position_not_reached' })
  t.equal(world.asked.length, 1)
})
