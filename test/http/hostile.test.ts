import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { type Exemplified, exemplified } from './examples.js'
import { noneAt } from './places.js'
import { LEFT_OUT, vectorLines } from './vectors.js'
import { admin, createWorld, logOf, story, type World } from './world.js'

/** How a refusal looks there. */
const forms: Readonly<Record<string, (body: Readonly<Record<string, unknown>>) => boolean>> = {
  payment: ({ code, message, ...rest }) =>
    typeof code === 'string' && typeof message === 'string' && Object.keys(rest).length === 0,
  subscription: ({ status, message, data, ...rest }) =>
    status === 'ERROR' && /^[a-z_]+: ./.test(String(message)) && data === null && Object.keys(rest).length === 0,
}

const routes = exemplified.filter(({ surface }) => surface in forms)

const [event] = logOf(story)
const standing = { actual: 0n, held: 0n, creditLimit: 0n, currency: 'EUR', frozen: false }

/** Their replies say what the account has after them. */
const STANDING = /^\/payment\/v1\/(?:recharge|checkout)$/

const types: Readonly<Record<string, string>> = {
  payment: 'application/x-www-form-urlencoded',
  subscription: 'application/json',
}

const send = (world: World, { route, surface }: Exemplified, url: string, payload: string | Buffer | undefined) => {
  if (event === undefined) throw new Error('an empty story')
  world.outcomes.length = 0
  if (STANDING.test(route.url)) world.outcomes.push({ kind: 'done', event, replayed: false, standing })
  return world.app.inject({
    method: route.method,
    url,
    headers: {
      authorization: admin(),
      ...(payload !== undefined && { 'content-type': types[surface] }),
    },
    ...(payload !== undefined && { payload }),
  })
}

declare namespace Tap {
  type Test = Pick<typeof t, 'fail'>
}

/** Answered, or refused in the form of this API with nothing asked of the write side; never a fault of ours. */
const sound = (
  t: Tap.Test,
  world: World,
  one: Exemplified,
  { reply, what }: { readonly reply: LightMyRequestResponse; readonly what: string },
): boolean => {
  const name = `${one.name} ${what}`
  if (reply.statusCode === 200) return true
  const asked = world.asked.splice(0)
  if (reply.statusCode < 400 || reply.statusCode >= 500) t.fail(`${name}: ${reply.statusCode} ${reply.body}`)
  if (forms[one.surface]?.(reply.json()) !== true) t.fail(`${name}: ${reply.body}`)
  // What is secret is looked at once more after the rules, which here allow everything.
  if (asked.length > 0 && one.secret === undefined) t.fail(`${name}: ${asked[0]?.name} was asked for`)
  return false
}

/** The URL and the body with a text in one place. */
type Put = (text: string) => readonly [url: string, body: string | undefined]

/** Each text of a request replaced by another, one at a time: of its path, its query and its body. */
const places = ({ route, url, body }: Exemplified): readonly (readonly [string, Put])[] => {
  const [path = '', query] = url.split('?')
  const whole = body === undefined ? undefined : JSON.stringify(body)
  const parts = route.url.split('/')
  const inPath = parts.flatMap((part, index): [string, Put][] => {
    if (!part.startsWith(':')) return []
    const at = (text: string) => path.split('/').with(index, encodeURIComponent(text)).join('/')
    return [[part, (text) => [query === undefined ? at(text) : `${at(text)}?${query}`, whole]]]
  })
  const inQuery = Object.keys(route.query?.properties ?? {}).map((field): [string, Put] => {
    const others = new URLSearchParams(query)
    others.delete(field)
    return [field, (text) => [`${path}?${others}&${field}=${encodeURIComponent(text)}`, whole]]
  })
  const inBody = Object.keys(body ?? {}).map((field): [string, Put] => [
    field,
    (text) => [url, JSON.stringify({ ...body, [field]: text })],
  ])
  return [...inPath, ...inQuery, ...inBody]
}

t.test('published naughty strings in every text of every route are taken unchanged or refused', async (t) => {
  const lines = vectorLines('hostile-input/naughty-strings.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const world = createWorld()
  let cases = 0
  for (const one of routes) {
    for (const [place, put] of places(one)) {
      for (const line of lines) {
        const { string, n } = JSON.parse(line)
        const reply = await send(world, one, ...put(string))
        cases++
        if (!sound(t, world, one, { reply, what: `${place} ${n}` })) continue
        const [asked] = world.asked.splice(0)
        const kept = JSON.stringify(asked?.input ?? '').includes(JSON.stringify(string.normalize('NFC')))
        // That there is none: the tests of bad input have every such place.
        if (noneAt(one.route.body, place).includes(string)) continue
        // What is sealed is looked at in the tests of customers.
        if (asked === undefined || 'address' in asked.input) continue
        // A nonce is for the gateway alone.
        if (place === 'nonce') continue
        if (!kept) t.fail(`${one.name} ${place} ${n}: changed to ${JSON.stringify(asked.input)}`)
      }
    }
  }
  t.ok(cases > 10_000, `${cases} cases`)
})

t.test('the published hostile JSON as a body of every route, and in the place of every field', async (t) => {
  const lines = vectorLines('hostile-input/json-test-suite.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const world = createWorld()
  let cases = 0
  for (const one of routes) {
    for (const line of lines) {
      const { name, bytesB64 } = JSON.parse(line)
      const bytes = Buffer.from(bytesB64, 'base64')
      const fields = Object.keys(one.body ?? {})
      const bodies = fields.map((field) => {
        const others = JSON.stringify({ ...one.body, [field]: undefined }).slice(1)
        return Buffer.concat([
          Buffer.from(`{${JSON.stringify(field)}:`),
          bytes,
          Buffer.from(others === '}' ? '}' : `,${others}`),
        ])
      })
      for (const body of [bytes, ...bodies]) {
        sound(t, world, one, { reply: await send(world, one, one.url, body), what: name })
        world.asked.length = 0
        cases++
      }
    }
  }
  t.ok(cases > 5_000, `${cases} cases`)
})
