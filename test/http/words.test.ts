import t from 'tap'
import { type Writable, writeJson } from '../../src/http/json.js'
import { exemplified } from './examples.js'
import { places, raw } from './places.js'
import { admin, createWorld, id } from './world.js'

const world = createWorld()
const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload: string) =>
  world.app.inject({ method, url, headers: { authorization: admin(), 'content-type': 'application/json' }, payload })

/** None of them fits where a form is asked for. */
const wrong: readonly Writable[] = ['!', 'x'.repeat(600), raw('5'), 'A B', 'a\u0000']

t.test('what a field must look like is said in words: nobody is shown a pattern', async (t) => {
  let cases = 0
  const said = async (...request: Parameters<typeof send>) => {
    const { body } = await send(...request)
    cases += 1
    if (/must match|\^|\[0-9/.test(body)) t.fail(`${request.join(' ').slice(0, 200)}: ${body}`)
  }
  for (const { route, url, body = {} } of exemplified) {
    const [path = '', query = ''] = url.split('?')
    for (const value of wrong) {
      for (const { put } of places(body)) await said(route.method, url, writeJson(put(value)))
      const text = encodeURIComponent(typeof value === 'string' ? value : '5')
      for (const [index, part] of route.url.split('/').entries()) {
        const parts = path.split('/')
        if (part.startsWith(':'))
          await said(route.method, parts.with(index, text).join('/'), writeJson(raw(JSON.stringify(body))))
      }
      for (const field of Object.keys(route.query?.properties ?? {})) {
        const others = new URLSearchParams(query)
        others.delete(field)
        await said(route.method, `${path}?${others}&${field}=${text}`, JSON.stringify(body))
      }
    }
  }
  t.ok(cases > 1_000, `${cases} cases`)
})

t.test('the ids of items and of subscriptions', async (t) => {
  const hex = 'a'.repeat(24)
  const item = { subscription_id: hex, plan_id: 'pro' }
  for (const [method, url, body, said] of [
    ['GET', `/payment/cartitem/${id(1)}/`, {}, 'path/id: an id was expected: 24 hex digits in lower case'],
    ['DELETE', '/payment/cartitem/x/', {}, 'path/id: an id was expected: 24 hex digits in lower case'],
    ['GET', '/payment/subscription/x/', {}, 'path/id: the id of a subscription was expected: 24 hex digits, or a UUID'],
    ['POST', '/payment/cartitem/', { ...item, subscription_id: hex.toUpperCase() }, 'body/subscription_id: the id of'],
    ['POST', '/payment/cartitem/', { ...item, subscription_id: null }, 'body/subscription_id: the id of'],
    [
      'PUT',
      `/v1/accounts/alice/cart/items/${hex}`,
      { subscription: hex, plan: 'p' },
      'path/item: an id was expected: a UUID',
    ],
    ['GET', '/payment/transaction/?start=x', {}, 'query/start: a date was expected: YYYY-MM-DD'],
    ['POST', '/payment/cart/checkout/', { nonce: 'a b' }, 'body/nonce: visible ASCII characters were expected'],
  ] as const) {
    const reply = await send(method, url, JSON.stringify(body))
    t.equal(reply.statusCode, 400)
    t.ok(reply.body.includes(said), reply.body)
  }
})
