import t from 'tap'
import { nothingAsked } from '../../../src/commands/asked.js'
import type { AskedToSettle } from '../../../src/commands/asking-scheduler.js'
import type { Doubt, DoubtQuery } from '../../../src/commands/doubts.js'
import type { AskedToFail } from '../../../src/commands/fail-checkout.js'
import { idOf } from '../../support/books.js'
import { bearer, checkoutId, createWorld } from '../world.js'

const admin = bearer('root', { roles: ['admin'] })
const since = '2026-03-01T00:00:00.000Z'
const money = { amount: '22.00', currency: 'EUR' }
const open: Doubt = { kind: 'open', id: idOf(2), leaf: 4, since, account: 'ann', ...money, order: null, said: null }
const refund: Doubt = {
  ...open,
  kind: 'refund',
  id: idOf(3),
  account: '\u{1F600}zoë'.slice(2),
  order: idOf(2),
  said: { kind: 'refund', said: 'the refund is on its way', at: Date.parse(since) },
}

t.test('what is in doubt, page by page', async (t) => {
  const asked: DoubtQuery[] = []
  const { app } = createWorld(undefined, {
    doubts: (query) => {
      asked.push(query)
      return query.after === '' ? { doubts: [open], next: 'zoë' } : { doubts: [refund], next: null }
    },
  })
  const get = (url: string, authorization = admin) => app.inject({ url, headers: { authorization } })
  const first = await get('/v1/checkouts?state=open&limit=1')
  t.same(first.json().checkouts, [{ state: 'open', account: 'ann', checkout: idOf(2), number: 4, since, ...money }])
  const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
  const second = await get(next)
  t.match(second.json(), {
    checkouts: [{ state: 'refund', order: idOf(2), refund: idOf(3), said: 'the refund is on its way', askedAt: since }],
    next: null,
  })
  t.equal(second.headers.link, undefined)
  t.match(asked, [
    { state: 'open', after: '', max: 1 },
    { state: 'open', after: 'zoë', max: 1 },
  ])
  await get('/v1/checkouts')
  t.match(asked[2], { after: '', max: 100 })
  t.notOk(asked[2] && 'state' in asked[2])
  t.match((await get('/v1/checkouts?cursor=IA')).json(), { code: 'cursor_invalid' })
  t.match((await get('/v1/checkouts?state=paid')).json(), { code: 'invalid_request' })
  t.match((await get('/v1/checkouts', bearer('ann'))).json(), { status: 403, code: 'forbidden' })
})

t.test('a run tells what it does line by line', async (t) => {
  const asked: AskedToSettle[] = []
  const result = { ...nothingAsked, paid: 1 }
  const { app } = createWorld(undefined, {
    settle: async (one) => {
      asked.push(one)
      one.progress(result)
      return { kind: 'done', result }
    },
  })
  const settle = async (payload: object) => {
    const reply = await app.inject({
      method: 'POST',
      url: '/v1/checkouts/settle',
      headers: { authorization: admin },
      payload,
    })
    return reply.body
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
  }
  // Progress that is told before the run has begun to be told of comes first.
  t.same((await settle({ olderMinutes: 5 })).at(-1), { kind: 'done', result })
  t.same(await settle({}), [
    { kind: 'progress', done: result },
    { kind: 'progress', done: nothingAsked },
    { kind: 'done', result },
  ])
  t.match(asked, [{ settleAfter: 300_000 }, {}])
  t.notOk(asked[1] && 'settleAfter' in asked[1])
})

t.test('a checkout that is to fail is named, and how it has ended is told', async (t) => {
  const asked: AskedToFail[] = []
  const result = {
    checkout: checkoutId,
    account: 'alice',
    state: 'failed',
    said: 'its charge t is of 23.00 EUR',
  } as const
  const world = createWorld(undefined, {
    failCheckout: async (one) => {
      asked.push(one)
      return { kind: 'done', result }
    },
  })
  const fail = (checkout: string, authorization = admin) =>
    world.app.inject({ method: 'POST', url: `/v1/checkouts/${checkout}/fail`, headers: { authorization } })
  t.same((await fail(checkoutId)).json(), { kind: 'done', result })
  t.match(asked, [{ checkout: checkoutId, by: 'root', correlationId: /./ }])
  t.match((await fail(idOf(99))).json(), { status: 404, code: 'checkout_not_found' })
  t.match((await fail(checkoutId, bearer('alice'))).json(), { status: 403, code: 'forbidden' })
  t.equal(asked.length, 1)
  const busy = createWorld()
  const url = `/v1/checkouts/${checkoutId}/fail`
  const second = await busy.app.inject({ method: 'POST', url, headers: { authorization: admin } })
  t.match(second.json(), { status: 409, code: 'settling_running' })
})
