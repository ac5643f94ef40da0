import type { FastifyInstance } from 'fastify'
import type t from 'tap'
import type { SeedRequest } from './bill.js'
import { fits } from './shape.js'

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
