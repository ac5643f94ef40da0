import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { Standing } from '../../../src/commands/port.js'
import { bought, coupon, frozen, givenBack, opened, recharged } from '../bought.js'
import { admin, bearer, createWorld, id, logOf, story, viewsOf, type World } from '../world.js'

const recharge = ({ app }: World, payload: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/payment/v1/recharge',
    headers: { authorization: admin(), 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload,
  })

/** The write side answers with the event at this leaf. */
const answering = (world: World, facts: readonly Fact[], leaf: number, standing: Standing | null): void => {
  const event = logOf(facts)[leaf]
  if (event === undefined) throw new RangeError(`no leaf ${leaf}`)
  world.outcomes.push({ kind: 'done', event, replayed: standing === null, standing })
}

const get = async ({ app }: World, url: string, subject = 'alice') => {
  const reply = await app.inject({ url, headers: { authorization: bearer(subject) } })
  return { status: reply.statusCode, body: reply.body, link: reply.headers.link }
}

t.test('a recharge takes its amount as it was written, as a number or as text', async (t) => {
  const world = createWorld()
  for (const written of ['1234.34', '"1234.34"', '12345678901234567.89', '0.1', '"40.88"']) {
    t.equal((await recharge(world, `{"amount":${written},"namespace":"alice"}`)).statusCode, 200)
    t.strictSame(world.asked.pop()?.input, {
      account: 'alice',
      amount: written.replaceAll('"', ''),
      method: 'manual',
      opens: true,
    })
  }
})

t.test(
  'a recharge replies what was there right after it, also when it is repeated after more has happened',
  async (t) => {
    const facts = [opened, recharged('0.10', 2), frozen, recharged('0.20', 3), recharged('5.00', 4)]
    const world = createWorld(facts)
    const standing = { actual: 30n, held: 0n, creditLimit: 900n, currency: 'EUR', frozen: true }
    const body = '{"amount":0.2,"namespace":"alice"}'
    answering(world, facts, 3, standing)
    const first = await recharge(world, body)
    t.equal(first.body, '{"balance":0.3,"status":"frozen"}')
    t.equal(first.headers['content-type'], 'application/json; charset=utf-8')
    answering(world, facts, 3, null)
    const again = await recharge(world, body)
    t.equal(again.body, first.body)
    t.equal(again.headers['idempotent-replayed'], 'true')
    answering(world, facts, 1, null)
    t.equal((await recharge(world, body)).body, '{"balance":0.1,"status":"active"}', 'before it was frozen')
    answering(world, facts, 1, { ...standing, held: 10n, frozen: false })
    t.equal((await recharge(world, body)).body, '{"balance":0.2,"status":"active"}', 'what is held is not available')
  },
)

t.test(
  'where the views are late, a new recharge is answered all the same; a repeated one is to come again',
  async (t) => {
    const facts = [opened, recharged('0.10', 2)]
    const world = createWorld(facts)
    world.visible = false
    answering(world, facts, 1, { actual: 10n, held: 0n, creditLimit: 0n, currency: 'EUR', frozen: false })
    const first = await recharge(world, '{"amount":0.1,"namespace":"alice"}')
    t.match([first.statusCode, first.headers['ledger-visible']], [200, 'false'])
    answering(world, facts, 1, null)
    const again = await recharge(world, '{"amount":0.1,"namespace":"alice"}')
    t.match([again.statusCode, again.headers['retry-after']], [503, '1'])
    t.match(again.json(), { code: 'position_not_reached', message: /\.$/ })
    world.visible = true
    answering(world, facts, 1, null)
    const lost = { ...viewsOf(logOf(facts)), row: async () => null }
    const behind = createWorld(facts, { views: lost })
    answering(behind, facts, 1, null)
    t.equal((await recharge(behind, '{"amount":0.1,"namespace":"alice"}')).json().code, 'position_not_reached')
  },
)

t.test('a refusal has a code and a message, and nothing else; one of our own says where to find it', async (t) => {
  const world = createWorld()
  const bad = await recharge(world, '{"amount":"1e5","namespace":"alice"}')
  t.equal(bad.statusCode, 400)
  t.equal(bad.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(bad.json(), { code: 'invalid_amount', message: 'body/amount: a decimal such as 12.50 was expected' })
  world.outcomes.push(
    { kind: 'refused', refusal: { code: 'too_many_decimals', detail: 'No.', onRequest: false } },
    new Error('a bug'),
  )
  const fine = await recharge(world, '{"amount":0.001,"namespace":"alice"}')
  t.strictSame([fine.statusCode, fine.json()], [422, { code: 'too_many_decimals', message: 'No.' }])
  const own = await recharge(world, '{"amount":1,"namespace":"alice"}')
  t.equal(own.statusCode, 500)
  t.match(own.json(), { code: 'internal_error', message: /\(request [0-9a-f-]{36}\)$/ })
})

t.test('a body is JSON whatever it is called', async (t) => {
  const world = createWorld()
  const payload = Buffer.from('{"amount":1,"namespace":"alice"}')
  const send = (headers: Record<string, string>, body = payload) =>
    world.app.inject({
      method: 'POST',
      url: '/payment/v1/recharge/',
      headers: { authorization: admin(), ...headers },
      payload: body,
    })
  for (const type of [
    'application/x-www-form-urlencoded',
    'text/plain; charset=latin1',
    'multipart/form-data; boundary=x',
    'nonsense',
    '',
  ]) {
    t.equal((await send({ 'content-type': type })).statusCode, 200, type)
  }
  t.equal((await send({})).statusCode, 200, 'none')
  for (const body of ['amount=1&namespace=alice', '', '\ufeff{}']) {
    t.equal((await send({ 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from(body))).statusCode, 400)
  }
})

t.test('paths that are not there are refused in the form of this API, under both of its prefixes', async (t) => {
  const { app } = createWorld()
  for (const url of ['/payment/v1', '/payment/v1/', '/payment/v1/x?y', '/integration/v1/x', '/integration/v1?x']) {
    const reply = await app.inject(url)
    t.equal(reply.statusCode, 404)
    t.strictSame(reply.json(), { code: 'not_found', message: 'There is nothing at this path.' }, url)
  }
  t.match((await app.inject('/payment/v1/%zz')).json(), { code: 'invalid_url', message: /./ })
  t.match((await app.inject('/payment/v10/x')).json(), { status: 'ERROR' })
  const method = await app.inject({ method: 'PUT', url: '/payment/v1/recharge' })
  t.match([method.statusCode, method.headers.allow, method.json().code], [405, 'POST', 'method_not_allowed'])
})

t.test('a balance is what is available, digit for digit, with a state once anything has moved', async (t) => {
  const world = createWorld([
    opened,
    recharged('12345678901234567.89', 2),
    { type: 'AccountOpened', data: { owner: 'new', creditLimit: '7.00', currency: 'EUR' } },
  ])
  t.match(await get(world, '/payment/v1/balance?namespace=alice'), {
    body: '{"balance":12345678901234567.89,"status":"active"}',
  })
  t.match(await get(world, '/payment/v1/balance/?namespace=new', 'new'), { body: '{"balance":0,"status":""}' })
  t.match(await get(createWorld(), '/payment/v1/balance?namespace=alice'), { body: /^\{"balance":850.5,/ })
  t.match(await get(world, '/payment/v1/balance?namespace=none', 'none'), { status: 404, body: /account_not_found/ })
  t.match(await get(world, '/payment/v1/balance?namespace=alice', 'bob'), { status: 403, body: /"forbidden"/ })
  t.match(await get(world, '/payment/v1/balance'), { status: 400, body: /invalid_request/ })
})

const line = (entry: number, rest: object) => ({
  trans_id: String(entry),
  creation_time: `2026-02-01T${String(8 + entry).padStart(2, '0')}:00:00+08:00`,
  ...rest,
})
const paid = { payment_method: 'balance', status: 'finish', direction: 'out' }

t.test('movements are a bare list, newest first, with what became of each', async (t) => {
  const { body, link } = await get(createWorld(), '/payment/v1/amounts?namespace=alice')
  t.equal(link, undefined)
  t.strictSame(JSON.parse(body), [
    line(5, { ...paid, amount: 30, description: 'Trade with bob', status: 'refunding' }),
    line(4, { ...paid, amount: 20, description: 'Trade with bob', status: 'pending' }),
    line(3, { ...paid, amount: 100, description: '11' }),
    line(2, { ...paid, amount: 1000.5, description: 'Recharge', direction: 'in' }),
  ])
})

t.test('what was bought, what came back of it, coupons and cards say so', async (t) => {
  const card: Fact = {
    type: 'Recharged',
    data: {
      transfer: id(9),
      account: 'alice',
      currency: 'EUR',
      amount: '1.00',
      method: 'card',
      reference: 'top up',
    },
  }
  const facts = [opened, recharged('0.10', 2), recharged('0.20', 3), bought(4), givenBack('0.10', 4, 3), coupon, card]
  const world = createWorld(facts)
  const all = async (of: World) => JSON.parse((await get(of, '/payment/v1/amounts?namespace=alice')).body)
  t.strictSame(await all(world), [
    line(6, { ...paid, amount: 1, description: 'top up', payment_method: 'card', direction: 'in' }),
    line(5, { ...paid, amount: 10, description: 'Coupon xx-1', payment_method: 'coupon', direction: 'in' }),
    line(4, { ...paid, amount: 0.1, description: 'Refund: Plan A', direction: 'in' }),
    line(3, { ...paid, amount: 0.3, description: 'Plan A' }),
    line(2, { ...paid, amount: 0.2, description: 'Recharge', direction: 'in' }),
    line(1, { ...paid, amount: 0.1, description: 'Recharge', direction: 'in' }),
  ])
  const whole = await all(createWorld([...facts, givenBack('0.20', 4, 3)]))
  t.match(whole, [
    { trans_id: '7', status: 'refunded', direction: 'in' },
    { trans_id: '6', status: 'finish' },
    { trans_id: '5', status: 'finish' },
    { trans_id: '4', status: 'refunded' },
    { trans_id: '3', status: 'refunded', direction: 'out' },
  ])
})

t.test('a list has a limit, and a link that goes on where it ends', async (t) => {
  const facts = [opened, ...Array.from({ length: 1_203 }, (_, n) => (n % 4 === 3 ? frozen : recharged('1.00', n)))]
  const world = createWorld(facts)
  const walk = async (limit: string) => {
    const pages: number[] = []
    let url: string | undefined = `/payment/v1/amounts?namespace=alice${limit}`
    while (url !== undefined) {
      const { body, link } = await get(world, url)
      pages.push(JSON.parse(body).length)
      url = /<([^>]+)>; rel="next"/.exec(String(link ?? ''))?.[1]
      if (url !== undefined) t.match(url, `/payment/v1/amounts?namespace=alice${limit}&cursor=`)
    }
    return pages
  }
  t.strictSame(await walk(''), [903])
  t.strictSame(await walk('&limit=400'), [400, 400, 103])
  t.strictSame(await walk('&limit=301'), [301, 301, 301], 'no empty page at the end')
  for (const limit of ['0', '1001', '-1', '1.0', 'x', '']) {
    t.equal((await get(world, `/payment/v1/amounts?namespace=alice&limit=${limit}`)).status, 400, limit)
  }
  t.match(await get(world, '/payment/v1/amounts?namespace=alice&cursor=x'), { body: /cursor_invalid/ })
})

t.test('a search that finds little looks at so many entries at once, and gives a link to go on', async (t) => {
  const facts = [opened, recharged('1.00', 1), ...Array.from({ length: 10_400 }, () => frozen)]
  const world = createWorld(facts)
  const first = await get(world, '/payment/v1/amounts?namespace=alice&limit=1')
  t.equal(first.body, '[]')
  const next = /<([^>]+)>/.exec(String(first.link))?.[1] ?? ''
  t.match(await get(world, next), { body: /"trans_id":"1"/, link: undefined })
})

t.test('one movement is found by its number, or by our id of what it opened; never by another account', async (t) => {
  const facts = [...story, bought(7)]
  const world = createWorld(facts)
  const one = async (tid: string, namespace = 'alice') => {
    const { status, body } = await get(world, `/payment/v1/amounts/${tid}?namespace=${namespace}`, namespace)
    const { trans_id, code } = JSON.parse(body)
    return status === 200 ? trans_id : [status, code]
  }
  const none = [404, 'movement_not_found']
  t.equal(await one('3'), '3')
  t.equal(await one('3/'), '3')
  t.equal(await one(id(3)), '3', 'a trade')
  t.equal(await one(id(2)), '2', 'a recharge')
  t.equal(await one(id(7)), String(story.length), 'a purchase')
  t.equal(await one('3', 'bob'), '3', 'the seller has it too')
  t.strictSame(await one('2', 'bob'), none)
  t.strictSame(await one(id(2), 'bob'), none)
  t.strictSame(await one('0'), none, 'an entry by which no money moves')
  t.strictSame(await one('99'), none)
  t.strictSame(await one(id(99)), none)
  t.strictSame(await one('03Fwerqe2'), none)
  t.strictSame(await one('9'.repeat(20)), none)
  t.strictSame(await one('3', 'nobody'), [404, 'account_not_found'])
  t.equal((await get(world, '/payment/v1/amounts/3?namespace=alice', 'bob')).status, 403)
})
