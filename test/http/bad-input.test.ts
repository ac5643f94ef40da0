import t from 'tap'
import { type Writable, writeJson } from '../../src/http/json.js'
import { type Exemplified, exemplified } from './examples.js'
import { noneAt, places, raw } from './places.js'
import { LEFT_OUT, vectorLines } from './vectors.js'
import { admin, createWorld, type World } from './world.js'

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Blanks alone, and control characters. */
const speechless: readonly Writable[] = [
  '',
  '   ',
  '\t\n',
  '\u0000',
  'no\u007f',
  'no\u0085',
  'over\rwritten',
  'line 1\nline 2\u001b]0;pwn\u0007',
]

/** Each takes the place of every scalar of every body. */
const bad: readonly Writable[] = [
  { $gt: '' },
  { $where: 'sleep(1000)' },
  [],
  ['5'],
  null,
  raw('1e1000000'),
  raw('1e-7'),
  raw('-0.5e1'),
  raw(`1${'0'.repeat(40)}`),
  raw(deep(20)),
  raw('{"__proto__":{"admin":true}}'),
  raw('{"constructor":{"prototype":{}}}'),
  'x'.repeat(5000),
  ...speechless,
]

const send = (world: World, { route, url, surface }: Exemplified, payload: string | Buffer, at = url) =>
  world.app.inject({
    method: route.method,
    url: at,
    headers: {
      authorization: admin(),
      'content-type': surface === 'bill' ? 'text/json' : 'application/json',
    },
    payload,
  })

/** Refused with a code of the catalogue, in the surface's own form, and nothing was asked of the write side. */
const refused = (t: Tap.Test, world: World, reply: Awaited<ReturnType<typeof send>>, name: string): void => {
  const body = reply.json()
  const items = Array.isArray(body.results) ? body.results : null
  const status = reply.statusCode
  if (!(status >= 400 && status < 500) && items === null) t.fail(`${name}: status ${status}`)
  for (const { code } of items === null ? [plain(body)] : items.map(({ error }: { error: unknown }) => error)) {
    if (!(typeof code === 'number' ? code > 0 : typeof code === 'string')) t.fail(`${name}: no code`)
  }
  if (world.asked.length > 0) t.fail(`${name}: ${world.asked.splice(0)[0]?.name} was asked for`)
}

/** A refusal that says its code in a message, as if it had it in a field. */
const plain = (body: Readonly<Record<string, unknown>>): typeof body =>
  body.status === 'ERROR' ? { code: /^([a-z_]+): /.exec(String(body.message))?.[1] } : body

declare namespace Tap {
  type Test = Pick<typeof t, 'fail'>
}

/** A database may have none, or any: they lie in no event. */
const SECRET = /^credentials\.(?:name|username|password)$/

/** Where the schema has it that there is none. */
const SAYS_NONE = [
  ...['city', 'region', 'billing_address'].map((field) => `POST /payment/billing_address ${field} ""`),
  'POST /payment/verify_promocode plan_id null',
  'POST /payment/verify_promocode plan_id ""',
  ...['POST /payment/cartitem ', 'PUT /payment/cartitem/:id ', 'POST /payment/checkout items.0.'].flatMap((place) => [
    `${place}addon_ids null`,
    `${place}promocode null`,
    `${place}promocode ""`,
  ]),
  'POST /payment/prorate/calc addon_ids null',
  ...['city', 'region', 'billingAddress'].map((field) => `PUT /v1/accounts/:name/customer ${field} ""`),
]

t.test('whatever stands in a body replaced by something hostile is refused', async (t) => {
  const world = createWorld()
  let cases = 0
  const none: string[] = []
  for (const one of exemplified) {
    for (const { old, put, at } of places(one.body)) {
      for (const value of bad) {
        if (noneAt(one.route.body, at).includes(value)) {
          none.push(`${one.name} ${at} ${writeJson(value)}`)
          continue
        }
        // One list for another: what it holds is for the places below.
        if (Array.isArray(old) && Array.isArray(value)) continue
        if (speechless.includes(value) && SECRET.test(at)) continue
        refused(t, world, await send(world, one, writeJson(put(value))), `${one.name} ${at} ${writeJson(value)}`)
        cases++
      }
    }
  }
  t.ok(cases > 500, `${cases} cases`)
  t.strictSame(none, SAYS_NONE)
})

const HOSTILE = ['%00', '%24gt', '%ff', '%F0%9F%92%A9', '..%2f']

t.test('every field of every query replaced by something hostile, repeated, or unknown is refused', async (t) => {
  const world = createWorld()
  let cases = 0
  const ask = async (one: Exemplified, query: string) => {
    const payload = JSON.stringify(one.body ?? {})
    const [path] = one.url.split('?')
    refused(t, world, await send(world, one, payload, `${path}?${query}`), `${one.name} ?${query.slice(0, 80)}`)
    cases++
  }
  for (const one of exemplified) {
    const good = new URLSearchParams(one.url.split('?')[1])
    await ask(one, `${good}&extra=1`)
    await ask(one, `${good}&__proto__=1`)
    await ask(one, `${good}&minPosition=x`)
    for (const [field, schema] of Object.entries(one.route.query?.properties ?? {})) {
      const others = new URLSearchParams(good)
      others.delete(field)
      // Free text may be anything that is not too long: there is nothing of that name.
      const free = 'minLength' in schema && !('pattern' in schema)
      for (const value of ['', 'x'.repeat(2000), ...(free ? [] : HOSTILE)]) {
        await ask(one, `${others}&${field}=${value}`)
      }
      for (const form of [`${field}=a&${field}=b`, `${field}[]=a`, `${field}[$gt]=`])
        await ask(one, `${others}&${form}`)
    }
  }
  t.ok(cases > 150, `${cases} cases`)
})

t.test('missing, unknown and repeated fields are refused, and so is a body that is no object', async (t) => {
  const world = createWorld()
  t.ok(exemplified.length > 25)
  for (const one of exemplified) {
    const text = JSON.stringify(one.body ?? {})
    const bodies = [
      `${text.slice(0, -1)}${text === '{}' ? '' : ','}"extra":1}`,
      `${text.slice(0, -1)}${text === '{}' ? '' : ','}"__proto__":{}}`,
      '[]',
      '5',
      '"x"',
      'null',
      '{',
      deep(200_000).slice(0, 16_000),
      '\ufeff{}',
    ]
    for (const body of bodies) refused(t, world, await send(world, one, body), `${one.name} ${body.slice(0, 40)}`)
    refused(t, world, await send(world, one, Buffer.from([0x7b, 0xff, 0x7d])), `${one.name} no UTF-8`)
    for (const field of one.route.body?.required ?? []) {
      const { [field]: _, ...rest } = one.body ?? {}
      refused(t, world, await send(world, one, JSON.stringify(rest)), `${one.name} without ${field}`)
      const twice = `${text.slice(0, -1)},${JSON.stringify(field)}:"1"}`
      refused(t, world, await send(world, one, twice), `${one.name} ${field} twice`)
    }
  }
})

t.test('money as a number is read on bill, and refused on /v1', async (t) => {
  const world = createWorld()
  const [bill] = exemplified.filter(({ name }) => name === 'PUT /bill/:loginname/recharge')
  const [v1] = exemplified.filter(({ name }) => name === 'PUT /v1/accounts/:name/credit-limit')
  if (bill === undefined || v1 === undefined) throw new Error('no such routes')
  for (const [text, status] of [
    ['0.001', 200],
    ['-1', 200],
    ['1e5', 400],
    [`${'9'.repeat(24)}.99`, 200],
    ['9'.repeat(25), 400],
  ] as const) {
    t.equal((await send(world, bill, `{"trade_amount":${text}}`)).statusCode, status, text)
    t.match((await send(world, v1, `{"creditLimit":${text}}`)).json(), {
      code: 'invalid_amount',
      detail: 'body/creditLimit: a string with a decimal was expected, such as "12.50"',
    })
    t.equal((await send(world, v1, `{"creditLimit":"${text}"}`)).statusCode, status)
  }
})

t.test('published naughty strings as names and free text are taken unchanged or refused', async (t) => {
  const lines = vectorLines('hostile-input/naughty-strings.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const world = createWorld()
  const at = (name: string) => exemplified.filter((one) => one.name === name)
  const [freeze] = at('POST /v1/accounts/:name/freeze')
  const [trade] = at('PUT /bill/:loginname/trade')
  if (freeze === undefined || trade === undefined) throw new Error('no such routes')
  for (const line of lines) {
    const { string, n } = JSON.parse(line)
    const reason = await send(world, freeze, JSON.stringify({ reason: string }))
    if (reason.statusCode === 200) t.match(world.asked.pop()?.input, { reason: string }, `${n}`)
    else refused(t, world, reason, `reason ${n}`)
    const seller = await send(world, trade, JSON.stringify({ trade_amount: 1, trade_user: string }))
    if (seller.statusCode === 200) t.match(world.asked.pop()?.input, { seller: string.normalize('NFC') }, `${n}`)
    else refused(t, world, seller, `seller ${n}`)
    const path = await send(world, freeze, '{"reason":"x"}', `/v1/accounts/${encodeURIComponent(string)}/freeze`)
    if (path.statusCode === 200) t.match(world.asked.pop()?.input, { account: string.normalize('NFC') }, `${n}`)
    else refused(t, world, path, `path ${n}`)
  }
})

t.test('the published hostile JSON as a body, and in the place of an amount', async (t) => {
  const lines = vectorLines('hostile-input/json-test-suite.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const world = createWorld()
  const [one] = exemplified.filter(({ name }) => name === 'PUT /bill/:loginname/recharge')
  if (one === undefined) throw new Error('no such route')
  for (const line of lines) {
    const { name, bytesB64 } = JSON.parse(line)
    const bytes = Buffer.from(bytesB64, 'base64')
    refused(t, world, await send(world, one, bytes), name)
    const inside = Buffer.concat([Buffer.from('{"trade_amount":'), bytes, Buffer.from('}')])
    const reply = await send(world, one, inside)
    if (reply.statusCode === 200) t.match(world.asked.pop()?.input, { amount: /^-?[0-9.]+$/ }, name)
    else refused(t, world, reply, `${name} inside`)
  }
})

t.test('a name that is no name is refused in every path', async (t) => {
  const world = createWorld()
  t.ok(exemplified.some(({ route }) => route.url.includes('/:')))
  for (const one of exemplified.filter(({ route }) => route.url.includes('/:'))) {
    const [first = ''] = /:[a-z]+/.exec(one.route.url) ?? []
    for (const name of [
      '%00',
      '%24gt',
      'a%2Fb',
      '..%2f',
      '%F0%9F%92%A9',
      'x'.repeat(65),
      'x'.repeat(2000),
      '%ff',
      '%zz',
    ]) {
      const url = one.route.url.replace(first, name).replace(':refund', 'x')
      refused(t, world, await send(world, one, JSON.stringify(one.body ?? {}), url), `${one.name} ${name.slice(0, 20)}`)
    }
  }
})

t.test('64 characters of any script fit into a path', async (t) => {
  const world = createWorld()
  const name = '𝒜'.repeat(64)
  const url = `/v1/accounts/${encodeURIComponent(name)}/freeze`
  const [one] = exemplified.filter((example) => example.name === 'POST /v1/accounts/:name/freeze')
  if (one === undefined) throw new Error('no such route')
  t.equal((await send(world, one, '{"reason":"x"}', url)).statusCode, 200)
  t.match(world.asked[0]?.input, { account: name })
})
