import { PassThrough } from 'node:stream'
import { RequestRefused } from './errors.js'
import type { Handler, Opener } from './mount.js'
import type { TaskRoute } from './route.js'

/** One JSON value per line, as it happens. */
const LINES = 'application/x-ndjson; charset=utf-8'

export const taskHandler =
  (route: TaskRoute, open: Opener): Handler =>
  async (request, reply) => {
    const call = await open(request)
    if (!call.caller.admin) throw new RequestRefused('forbidden', 'Only an admin may ask for this.')
    const lines = new PassThrough()
    const tell = (line: string): void => {
      // When the client has left, nobody listens; the task goes on.
      if (!lines.destroyed) lines.write(`${line}\n`)
    }
    route.start(call, tell).finally(() => lines.end())
    // Until it has ended: Fastify would send nothing in its place.
    await reply.header('content-type', LINES).send(lines)
  }
