import t from 'tap'
import { fits } from '../../seeds/shape.js'
import { granted, opened, promocode, published, retired } from '../../support/facts.js'
import { bearer, createWorld, logOf, viewsOf } from '../world.js'

const EXPIRY = '2026-03-01T12:00:00.001Z'
const ten = promocode('5eeca30abe5dc00806f53915', {
  value: '10.50',
  expiresAt: EXPIRY,
  remark: 'get 10% discount for first month',
})
const five = promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR', plans: ['pro'], periods: 3 })
const late = promocode('late', { expiresAt: '2026-03-01T12:00:00.000Z' })
const facts = [
  ten,
  five,
  late,
  opened('alice'),
  published('pro', '10.00'),
  published('basic', '10.00'),
  published('yen', '10', { currency: 'JPY' }),
  granted(ten, 'alice', 1, 1),
  granted(five, 'alice', 1, 2),
  granted(late, 'alice', 1, 3),
  granted(five, 'bob', 2, 4),
  published('gone', '10.00'),
  retired('plan', 'gone'),
]

const worldOf = () => {
  const { app } = createWorld(facts)
  const ask = async (method: 'GET' | 'POST', url: string, payload?: object, subject = 'alice') => {
    const headers = { authorization: bearer(subject), 'content-type': 'application/json' }
    const reply = await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
    return {
      status: reply.statusCode,
      body: reply.json(),
      link: reply.headers.link,
      retry: reply.headers['retry-after'],
    }
  }
  return {
    get: (url: string, subject?: string) => ask('GET', url, undefined, subject),
    verify: (payload: object, subject?: string) => ask('POST', '/payment/verify_promocode/', payload, subject),
  }
}

const tens = {
  username: 'alice',
  code: '5eeca30abe5dc00806f53915',
  expire: '1772366400',
  info: {
    _id: null,
    createdAt: '1769929200',
    modifiedAt: '1769929200',
    name: '10 discount',
    type: 'percent_discount',
    period: 1,
    value: '10.5',
    remark: 'get 10% discount for first month',
  },
}

t.test('a promocode of the caller shows its terms, and when it was granted', async (t) => {
  const { get } = worldOf()
  const found = await get('/payment/promocode/5eeca30abe5dc00806f53915/')
  t.strictSame(found, {
    status: 200,
    body: { status: 'OK', message: '', data: tens },
    link: undefined,
    retry: undefined,
  })
  t.match((await get('/payment/promocode/five')).body.data, {
    username: 'alice',
    expire: null,
    info: { type: 'fixed_discount', value: '5.00', period: 3, remark: '' },
  })
  t.match((await get('/payment/promocode/five', 'bob')).body.data, { username: 'bob', code: 'five' })
  for (const [url, subject] of [
    ['late', 'bob'],
    ['none', 'alice'],
    ['five', 'never-opened'],
  ] as const) {
    t.match(await get(`/payment/promocode/${url}/`, subject), {
      status: 404,
      body: {
        status: 'ERROR',
        message: /^item_not_found: You have no promocode .* List the items/,
        data: null,
      },
    })
  }
})

t.test('the caller has all that are not used, the newest first', async (t) => {
  const { get } = worldOf()
  const codes = ({ body }: { body: { data: { code: string }[] } }) => body.data.map(({ code }) => code)
  const all = await get('/payment/promocode/')
  t.strictSame(codes(all), ['late', 'five', tens.code])
  t.strictSame(all.body.data[2], tens)
  t.strictSame(codes(await get('/payment/promocode', 'bob')), ['five'])
  t.strictSame((await get('/payment/promocode/', 'never-opened')).body, { status: 'OK', message: '', data: [] })
  const first = await get('/payment/promocode/?limit=2')
  t.strictSame(codes(first), ['late', 'five'])
  const next = /^<([^>]+)>; rel="next"$/.exec(String(first.link))?.[1] ?? ''
  t.match(next, /^\/payment\/promocode\/\?limit=2&cursor=/)
  t.strictSame(codes(await get(next)), [tens.code])
  t.match(await get('/payment/promocode/?cursor=x'), { status: 400, body: { message: /^cursor_invalid: / } })
})

t.test('a promocode is verified for its holder, for a plan or for any', async (t) => {
  const { verify } = worldOf()
  t.strictSame((await verify({ promocode: tens.code })).body.data, tens)
  t.match(await verify({ promocode: tens.code, plan_id: 'yen' }), { status: 200 })
  t.match(await verify({ promocode: 'five', plan_id: 'pro' }), { status: 200, body: { data: { code: 'five' } } })
  const refused = async (payload: object, status: number, code: string, subject = 'alice') =>
    t.match(await verify(payload, subject), { status, body: { message: new RegExp(`^${code}: `), data: null } }, code)
  await refused({ promocode: 'five', plan_id: 'basic' }, 422, 'promocode_wrong_plan')
  await refused({ promocode: 'five', plan_id: 'gone' }, 404, 'plan_not_found')
  for (const plan_id of [null, ''])
    t.match(await verify({ promocode: 'five', plan_id }), { status: 200 }, 'no plan is named')
  await refused({ promocode: 'late' }, 422, 'promocode_expired')
  await refused({ promocode: 'none' }, 422, 'promocode_not_found')
  await refused({ promocode: 'no such name' }, 422, 'promocode_not_found')
  await refused({ promocode: '' }, 422, 'promocode_not_found')
  await refused({ promocode: 'late' }, 422, 'promocode_not_found', 'bob')
  await refused({ promocode: 'five', plan_id: 'none' }, 404, 'plan_not_found')
  await refused({ promocode: 'x'.repeat(257) }, 400, 'invalid_request')
  await refused({ promocode: null }, 400, 'invalid_request')
  await refused({}, 400, 'invalid_request')
  await refused({ promocode: 'five', plan: 'pro' }, 400, 'invalid_request')
})

t.test('a fixed promocode is for plans of its currency', async (t) => {
  const any = promocode('any', { type: 'fixed', value: '5.00', currency: 'EUR' })
  const more = [any, published('yen', '10', { currency: 'JPY' }), granted(any, 'alice', 1, 1)]
  const { app } = createWorld(more)
  const reply = await app.inject({
    method: 'POST',
    url: '/payment/verify_promocode/',
    headers: { authorization: bearer('alice'), 'content-type': 'application/json' },
    payload: { promocode: 'any', plan_id: 'yen' },
  })
  t.match(reply.json(), { status: 'ERROR', message: /^promocode_wrong_currency: / })
})

t.test('who guesses has to wait; a promocode that is known and not good is no guess', async (t) => {
  const { verify } = worldOf()
  for (let n = 0; n < 12; n += 1) t.equal((await verify({ promocode: 'late' })).status, 422)
  for (let n = 0; n < 10; n += 1) t.equal((await verify({ promocode: `guess-${n}` })).status, 422)
  t.match(await verify({ promocode: 'five' }), { status: 429, retry: '60', body: { message: /^too_many_guesses: / } })
  t.match(await verify({ promocode: 'five' }, 'bob'), { status: 200 })
})

t.test('a promocode whose terms the view does not have is none', async (t) => {
  const views = { ...viewsOf(logOf(facts)), row: async () => null }
  const { app } = createWorld(facts, { views })
  const reply = await app.inject({ url: '/payment/promocode/five/', headers: { authorization: bearer('alice') } })
  t.equal(reply.statusCode, 404)
})

t.test('replies have the shape of the document', async (t) => {
  const { get, verify } = worldOf()
  const info = { createdAt: 'string', modifiedAt: 'string', name: 'string', type: 'string', period: 'number' } as const
  const { _id, ...rest } = (await get(`/payment/promocode/${tens.code}/`)).body.data.info
  t.equal(_id, null)
  fits(t, rest, { ...info, value: 'string', remark: 'string' }, 'info')
  const one = (await verify({ promocode: tens.code })).body.data
  t.strictSame(Object.keys(one), ['username', 'code', 'expire', 'info'])
})
