import t from 'tap'
import { granted, opened, promocode } from '../../support/facts.js'
import { admin, bearer, createWorld, logOf } from '../world.js'

const five = promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR', plans: ['pro'], grants: 3 })
const facts = [
  five,
  promocode('ten'),
  opened('alice'),
  opened('bob'),
  granted(five, 'alice', 1, 1),
  granted(promocode('ten'), 'alice', 1, 2),
  granted(five, 'bob', 2, 3),
]
const URL = '/v1/promocodes/five/grants'

const worldWith = (answered = facts[4]) => {
  const world = createWorld(facts)
  const [event] = answered === undefined ? [] : logOf([answered])
  if (event !== undefined) world.outcomes.push({ kind: 'done', event, replayed: false, standing: null })
  return world
}

const post = ({ app }: ReturnType<typeof createWorld>, url: string, payload: object, authorization = admin()) =>
  app.inject({ method: 'POST', url, headers: { authorization, 'content-type': 'application/json' }, payload })

t.test('a grant is asked for by promocode and account, and replies its event', async (t) => {
  const world = worldWith()
  const reply = await post(world, URL, { account: 'alice' })
  t.equal(reply.statusCode, 201)
  t.match(world.asked, [{ name: 'grant-promocode', input: { promocode: 'five', account: 'alice' } }])
  t.match(reply.json(), { event: 'PromocodeGranted', type: 'fixed', account: 'alice', number: 1, plans: ['pro'] })
  for (const bad of [{}, { account: 1 }, { account: '' }, { account: 'alice', promocode: 'ten' }]) {
    t.equal((await post(world, URL, bad)).statusCode, 400)
  }
  t.equal(world.asked.length, 1)
})

t.test('many are granted at once, each with its own outcome', async (t) => {
  const world = worldWith()
  world.outcomes.push({ kind: 'refused', refusal: { code: 'promocode_exhausted', detail: 'No.', onRequest: false } })
  const items = [{ account: 'alice' }, { account: 'bob', key: 'k' }, { account: '' }]
  const reply = await post(world, `${URL}/bulk`, { items })
  t.equal(reply.statusCode, 200)
  t.match(reply.json().results, [
    { status: 201, event: { event: 'PromocodeGranted', account: 'alice' } },
    { status: 409, error: { code: 'promocode_exhausted', next: /more grants/ } },
    { status: 400, error: { code: 'invalid_request' } },
  ])
  t.match(world.asked, [
    { input: { promocode: 'five', account: 'alice' }, context: { idempotency: null } },
    { input: { promocode: 'five', account: 'bob' }, context: { idempotency: { key: 'k' } } },
  ])
})

t.test('how often a promocode was granted, for those who read all', async (t) => {
  const { app } = createWorld(facts)
  const get = (code: string, authorization = admin()) =>
    app.inject({ url: `/v1/promocodes/${code}/grants`, headers: { authorization } })
  t.strictSame((await get('five')).json(), { promocode: 'five', granted: 2, grants: 3 })
  t.strictSame((await get('ten', bearer('eve', { roles: ['auditor'] }))).json(), {
    promocode: 'ten',
    granted: 1,
    grants: null,
  })
  t.match((await get('none')).json(), { status: 404, code: 'item_not_found' })
  t.match((await get('five', bearer('alice'))).json(), { status: 403, code: 'forbidden' })
  const unused = createWorld([five])
  const reply = await unused.app.inject({ url: URL, headers: { authorization: admin() } })
  t.strictSame(reply.json(), { promocode: 'five', granted: 0, grants: 3 })
})

t.test('an account has its promocodes in pages, newest first', async (t) => {
  const { app } = createWorld(facts)
  const get = (url: string, authorization = bearer('alice')) => app.inject({ url, headers: { authorization } })
  const all = await get('/v1/accounts/alice/promocodes')
  t.match(all.json(), { promocodes: [{ promocode: 'ten', leaf: 5, used: null }, { promocode: 'five' }], next: null })
  t.strictSame(all.json().promocodes[1], {
    grant: '00000000-0000-8000-8000-000000000001',
    promocode: 'five',
    promocodeVersion: 1,
    number: 1,
    name: '10 discount',
    type: 'fixed',
    value: '5.00',
    periods: 1,
    currency: 'EUR',
    plans: ['pro'],
    grantedAt: '2026-02-01T04:00:00.000Z',
    used: null,
    leaf: 4,
  })
  const first = await get('/v1/accounts/alice/promocodes?limit=1')
  t.strictSame(
    first.json().promocodes.map(({ promocode }: { promocode: string }) => promocode),
    ['ten'],
  )
  const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
  t.match(next, /^\/v1\/accounts\/alice\/promocodes\?limit=1&cursor=/)
  t.match((await get(next)).json(), { promocodes: [{ promocode: 'five' }], next: null })
  t.strictSame((await get('/v1/accounts/bob/promocodes', admin())).json().promocodes.length, 1)
  t.match((await get('/v1/accounts/bob/promocodes')).json(), { code: 'forbidden' })
  t.match((await get('/v1/accounts/none/promocodes', admin())).json(), { code: 'account_not_found' })
})
