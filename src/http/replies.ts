import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, errorCatalogue } from './errors.js'
import { isGrave, logged, refusedBy } from './faults.js'
import type { Refused, Surface } from './route.js'

/** Sends every reply of one app, so that the last one on a connection says so. */
export class Replies {
  /** Set when the app begins to close. */
  closing = false
  readonly #log: FastifyBaseLogger

  /** `log`: where errors of our own are written. */
  constructor(log: FastifyBaseLogger) {
    this.#log = log
  }

  /** Nothing may be kept on the way: balances, credentials and codes of coupons are for who asked. */
  send(reply: FastifyReply, status: number, type: string, body: string): FastifyReply {
    if (this.closing) reply.header('connection', 'close')
    return reply.code(status).header('content-type', type).header('cache-control', 'no-store').send(body)
  }

  json(reply: FastifyReply, status: number, body: string): FastifyReply {
    return this.send(reply, status, 'application/json; charset=utf-8', body)
  }

  refuse(reply: FastifyReply, surface: Surface, refused: Refused): FastifyReply {
    const { status } = errorCatalogue[refused.code]
    const retryAfter = refused.retryAfter ?? (status === 503 ? 1 : undefined)
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    const { type, body } = surface.refuse(refused)
    return this.send(reply, status, type, body)
  }

  fail(request: FastifyRequest, reply: FastifyReply, surface: Surface, error: unknown): FastifyReply {
    return this.refuse(reply, surface, this.refusalOf(request, error))
  }

  /** What any error means to the one who asked. What is our own fault is logged, and so is what whoever runs it must hear of. */
  refusalOf(request: FastifyRequest, error: unknown): Refused {
    const refused = refusedBy(error)
    if (refused !== null && isGrave(refused)) this.#log.error(logged(error, request.id), refused.code)
    return refused ?? this.#ownFault(request, error)
  }

  /** Logs what nobody expected, and tells the client only where to find it. */
  #ownFault(request: FastifyRequest, error: unknown): Refused {
    this.#log.error(logged(error, request.id), 'internal_error')
    const code: ErrorCode = 'internal_error'
    return { code, detail: errorCatalogue[code].meaning, instance: request.id }
  }
}
