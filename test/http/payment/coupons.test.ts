import t from 'tap'
import { payment } from '../../../src/http/payment/surface.js'
import { admin, bearer, code, createWorld, issued, logOf, NOW, redeemed, story, viewsOf, wrongCode } from '../world.js'

const create = (facts = story, options: Parameters<typeof createWorld>[1] = {}) =>
  createWorld(facts, { offers: [payment], ...options })

type World = ReturnType<typeof createWorld>

const get = ({ app }: World, of: string, authorization = bearer('carol')) =>
  app.inject({ method: 'GET', url: `/payment/v1/coupon/${of}`, headers: { authorization } })

const post = ({ app }: World, payload: object, authorization = bearer('alice')) =>
  app.inject({ method: 'POST', url: '/payment/v1/redeem', headers: { authorization }, payload })

const asking = { serial: 'spring-1', code, namespace: 'alice' }

t.test('a coupon is shown to whoever knows its code, however it is written', async (t) => {
  const world = create()
  for (const written of [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('0', 'o')]) {
    const reply = await get(world, written)
    t.equal(reply.statusCode, 200)
    t.equal(reply.body, '{"serial":"spring-1","amount":10.5,"expire_on":"2026-12-31T16:00:00Z","status":"available"}')
  }
})

t.test('it says whether it is redeemed or expired', async (t) => {
  t.match((await get(create([...story, redeemed]), code)).json(), { status: 'redeemed' })
  const clock = () => Date.parse('2026-12-31T16:00:00.000Z')
  t.match((await get(create(story, { clock: () => clock() - 1 }), code)).json(), { status: 'available' })
  t.match((await get(create(story, { clock }), code)).json(), { status: 'expired' })
  t.match((await get(create([...story, redeemed], { clock }), code)).json(), { status: 'redeemed' })
})

t.test('a code of no coupon is refused, with a code', async (t) => {
  const reply = await get(create(), wrongCode)
  t.equal(reply.statusCode, 404)
  t.strictSame(reply.json(), { code: 'coupon_invalid', message: 'There is no coupon with this code.' })
})

t.test('redeeming asks with what the client wrote, and replies what came in', async (t) => {
  const world = create()
  const reply = await post(world, { ...asking, region: 'cn-north-1' })
  t.equal(reply.statusCode, 200)
  t.equal(reply.body, '{"amount":10.5,"namespace":"alice"}')
  t.match(world.asked, [
    { name: 'redeem', input: { account: 'alice', serial: 'spring-1', code, region: 'cn-north-1' } },
  ])
  await post(world, asking)
  t.strictSame(world.asked[1]?.input, { account: 'alice', serial: 'spring-1', code })
})

const refused = (code: 'coupon_invalid' | 'coupon_redeemed') =>
  ({ kind: 'refused', refusal: { code, detail: 'No.', onRequest: false } }) as const

t.test('wrong codes of both routes count together; then there is 429 and nothing is asked', async (t) => {
  const world = create()
  for (let n = 0; n < 5; n += 1) {
    t.equal((await get(world, wrongCode, bearer('eve'))).statusCode, 404)
    world.outcomes.push(refused('coupon_invalid'))
    t.equal((await post(world, asking, bearer('eve'))).statusCode, 404)
  }
  world.asked.splice(0)
  for (const reply of [await get(world, code, bearer('eve')), await post(world, asking, bearer('eve'))]) {
    t.equal(reply.statusCode, 429)
    t.equal(reply.headers['retry-after'], '60')
    t.match(reply.json(), { code: 'too_many_guesses', message: 'Too many wrong codes; wait 60 s.' })
  }
  t.equal(world.asked.length, 0)
  t.equal((await get(world, code)).statusCode, 200, 'others are not concerned')
  t.equal((await post(world, asking)).statusCode, 200)
})

t.test('other refusals, and what is right, count nothing', async (t) => {
  const world = create()
  for (let n = 0; n < 20; n += 1) {
    world.outcomes.push(refused('coupon_redeemed'))
    t.equal((await post(world, asking)).statusCode, 409)
    t.equal((await get(world, code, bearer('alice'))).statusCode, 200)
  }
})

t.test('an event that is none of its own is our fault', async (t) => {
  const world = create()
  const [event] = logOf([issued])
  if (event === undefined) return
  world.outcomes.push({ kind: 'done', event, replayed: false, standing: null })
  t.equal((await post(world, asking)).statusCode, 500)
})

t.test('no code is written anywhere, whatever is wrong with the request', async (t) => {
  const said: string[] = []
  const stream = { write: (line: string) => void said.push(line) }
  const world = create(story, { logger: { level: 'trace', stream } })
  const headers = { authorization: bearer('alice') }
  const at = '/payment/v1/coupon/'
  const requests: readonly { readonly url: string; readonly payload?: string; readonly type?: string }[] = [
    ...[code, wrongCode].flatMap((one) => [
      ...[one, `${one}/`, `${one}?minPosition=x`, `${one}?${one}=1`, `%${one}`, `${one}%zz`, `${one}%ff`, `${one}/x`],
      ...[`${one}%20`, `${one}${'x'.repeat(100)}`, `${one}${'x'.repeat(2000)}`, `/${one}`, `%2f${one}`, `${one}%00`],
    ]),
  ].map((path) => ({ url: at + path }))
  const bodies = [
    JSON.stringify({ ...asking, code: wrongCode }),
    JSON.stringify({ ...asking, [wrongCode]: 1 }),
    JSON.stringify({ ...asking, namespace: `$${wrongCode}` }),
    JSON.stringify({ ...asking, code: { [wrongCode]: wrongCode } }),
    JSON.stringify({ ...asking, code: wrongCode.repeat(9) }),
    `{"code":"${wrongCode}","code":"${wrongCode}"}`,
    `{"code":"${wrongCode}",`,
    `{"code":${wrongCode}}`,
    `${wrongCode}`,
    `{"code":"\\u${wrongCode}"}`,
    `{"code":"${wrongCode}\n"}`,
    `"${wrongCode}"`,
    `code=${wrongCode}`,
  ]
  const posts = bodies.flatMap((payload) => [
    { url: '/payment/v1/redeem', payload },
    { url: '/payment/v1/redeem', payload, type: `text/${wrongCode}` },
    { url: `/payment/v1/redeem?code=${wrongCode}`, payload },
  ])
  const secrets = [code, wrongCode].flatMap((one) => [one, one.replaceAll('-', ''), one.slice(0, 11)])
  const leaks = (text: string) => secrets.filter((one) => text.toUpperCase().includes(one))
  let statuses = 0
  for (const { url, payload, type } of [...requests, ...posts]) {
    world.outcomes.push(new Error('our own fault'), refused('coupon_invalid'))
    for (const method of payload === undefined ? (['GET', 'POST', 'DELETE'] as const) : (['POST', 'PUT'] as const)) {
      const reply = await world.app.inject({
        method,
        url,
        headers: { ...headers, 'content-type': type ?? 'application/json' },
        ...(payload !== undefined && { payload }),
      })
      if (reply.statusCode >= 400) statuses += 1
      t.same(leaks(reply.body + JSON.stringify(reply.headers)), [], `${method} ${url.slice(0, 60)}: ${reply.body}`)
    }
  }
  const failing = create(story, {
    logger: { level: 'trace', stream },
    views: { ...viewsOf([]), document: async () => Promise.reject(new Error('away')) },
  })
  t.equal((await get(failing, code)).statusCode, 500)
  t.ok(statuses > 50, `${statuses} refusals`)
  t.ok(said.length > 0, 'something was logged')
  t.same(leaks(said.join('\n')), [])
})

t.test('a code in a method that the path does not know, and the clock of the world', async (t) => {
  t.equal(new Date(NOW).toISOString(), '2026-03-01T12:00:00.000Z')
  const reply = await create().app.inject({
    method: 'DELETE',
    url: `/payment/v1/coupon/${code}`,
    headers: { authorization: admin() },
  })
  t.equal(reply.statusCode, 405)
})
