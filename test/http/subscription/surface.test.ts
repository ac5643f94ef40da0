import t from 'tap'
import { errorCatalogue } from '../../../src/http/errors.js'
import { type CommandRoute, intent } from '../../../src/http/route.js'
import { fields, named } from '../../../src/http/schema.js'
import { withData } from '../../../src/http/subscription/reply.js'
import { subscription } from '../../../src/http/subscription/surface.js'
import { admin, createWorld, story } from '../world.js'

const { app } = createWorld()

t.test('a refusal is a real status, and a message of code, sentence and next step', async (t) => {
  for (const [method, url, status, message] of [
    ['GET', '/payment/nothing/', 404, 'not_found: There is nothing at this path. Check the path.'],
    ['GET', '/payment', 404, 'not_found: There is nothing at this path. Check the path.'],
    ['DELETE', '/payment/plan/', 405, /^method_not_allowed: /],
    ['GET', '/payment/addon/', 401, 'unauthorized: The token is missing or not valid. Ask for a new token.'],
    [
      'GET',
      '/payment/plan/?x=1',
      400,
      'invalid_request: query: a field that is not known here: x. Correct the field named.',
    ],
    ['GET', '/payment/plan/%zz/', 400, /^invalid_url: /],
  ] as const) {
    const reply = await app.inject({ method, url })
    t.equal(reply.statusCode, status, url)
    t.match(reply.json(), { status: 'ERROR', message, data: null }, url)
    t.match(reply.headers['content-type'], /^application\/json/)
  }
})

t.test('the payment API keeps its own form', async (t) => {
  t.match((await app.inject({ url: '/payment/v1/nothing' })).json(), { code: 'not_found' })
  t.match((await app.inject({ url: '/payment/v10' })).json(), { status: 'ERROR' })
})

t.test('our own fault names the request, nothing else', async (t) => {
  const { body } = subscription.refuse({ code: 'internal_error', detail: 'Something went wrong.', instance: 'r-1' })
  t.strictSame(JSON.parse(body), {
    status: 'ERROR',
    message: `internal_error: Something went wrong. ${errorCatalogue.internal_error.next} (request r-1)`,
    data: null,
  })
})

t.test('a read may carry the content type of a body that is not there', async (t) => {
  const headers = { authorization: admin(), 'content-type': 'application/json' }
  t.equal((await app.inject({ url: '/payment/addon/', headers })).statusCode, 200)
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  const reply = await app.inject({ method: 'GET', url: '/payment/addon/', headers: form, payload: 'a=b' })
  t.equal(reply.statusCode, 415)
})

t.test('a write may be a DELETE, with no body or an empty one', async (t) => {
  const remove: CommandRoute = {
    kind: 'command',
    method: 'DELETE',
    url: '/payment/thing/:id',
    params: fields({ id: named }),
    commands: ['unfreeze'],
    status: 200,
    toIntent: ({ params }) => intent('unfreeze', { account: params.name('id'), reason: 'r' }),
    toReply: () => withData(true),
  }
  const world = createWorld(story, { offers: [{ ...subscription, routes: [remove] }] })
  const headers = { authorization: admin(), 'content-type': 'application/json' }
  const one = { method: 'DELETE', url: '/payment/thing/a/', headers } as const
  for (const payload of [undefined, '', '{}']) {
    const reply = await world.app.inject({ ...one, ...(payload !== undefined && { payload }) })
    t.equal(reply.body, '{"status":"OK","message":"","data":true}')
    t.match(world.asked.splice(0), [{ name: 'unfreeze', input: { account: 'a' } }])
  }
  t.equal((await world.app.inject({ ...one, payload: '{"a":1}' })).statusCode, 400)
  t.equal((await world.app.inject({ ...one, method: 'GET' })).headers.allow, 'DELETE')
})
