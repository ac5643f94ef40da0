import type { FastifyInstance } from 'fastify'
import type t from 'tap'
import type { SeedRequest, Shape } from './bill.js'

type Test = Pick<typeof t, 'equal' | 'ok' | 'strictSame' | 'match'>

/** Sends each request to an app, and compares status, envelope, fields and their types with the table. */
export const replay = async (
  t: Test,
  app: FastifyInstance,
  requests: readonly SeedRequest[],
  tokenOf: (user: string, roles: readonly string[]) => string,
): Promise<void> => {
  for (const request of requests) {
    for (const slash of ['', '/']) {
      const reply = await app.inject({
        method: request.method,
        url: request.path + slash,
        headers: {
          accept: 'text/json;charset=UTF-8',
          authorization: tokenOf(request.user, request.roles),
          user: request.user,
        },
        ...(request.body !== undefined && { payload: JSON.stringify(request.body) }),
      })
      t.equal(reply.statusCode, 200, `${request.title}${slash}: ${reply.body}`)
      const body: unknown = reply.json()
      t.match(body, { code: 0, msg: 'ok' })
      fits(t, body, request.reply, request.title)
    }
  }
}

/** No field more, no field less, each of its type. A list must hold something. */
const fits = (t: Test, value: unknown, shape: Shape, where: string): void => {
  if (typeof shape === 'string') {
    scalar(t, value, shape, where)
    return
  }
  if (isList(shape)) {
    t.ok(Array.isArray(value) && value.length > 0, `${where} is a list`)
    for (const item of Array.isArray(value) ? value : []) fits(t, item, shape[0], `${where}[]`)
    return
  }
  const members: Record<string, unknown> = { ...(typeof value === 'object' ? value : {}) }
  t.strictSame(Object.keys(members).sort(), Object.keys(shape).sort(), `${where}: the fields`)
  for (const [field, inner] of Object.entries(shape)) fits(t, members[field], inner, `${where}.${field}`)
}

const isList = (shape: Exclude<Shape, string>): shape is readonly [Shape] => Array.isArray(shape)

const scalar = (t: Test, value: unknown, shape: 'number' | 'string' | 'name' | 'date', where: string): void => {
  t.equal(typeof value, shape === 'number' ? 'number' : 'string', where)
  if (shape === 'date') t.match(value, /^\d{4}-\d{2}-\d{2}$/, where)
  if (shape === 'name') t.ok(value !== '', where)
}
