import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, errorCatalogue } from './errors.js'
import { isGrave, logged, refusedBy } from './faults.js'
import type { Refused, Surface } from './route.js'

/** Balances, credentials and codes of coupons are for who asked, and nobody on the way. */
const KEPT_NOWHERE = ['cache-control', 'no-store'] as const

/** A successful reply; the body is a text. */
interface Sent {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: readonly string[] | undefined
}

/** Sends every reply of one app, so that the last one on a connection says so. */
export class Replies {
  /** Set when the app begins to close. */
  closing = false
  readonly #log: FastifyBaseLogger

  /** `log`: where errors of our own are written. */
  constructor(log: FastifyBaseLogger) {
    this.#log = log
  }

  /**
   * Past Fastify, on whose way a reply costs an eighth of a request that does nothing else. What was set by `reply.header` is not sent.
   * `headers`: names and values in turn.
   */
  send(reply: FastifyReply, { status, type, body, headers = [] }: Sent): void {
    const bytes = Buffer.byteLength(body)
    const all = [...headers, 'content-type', type, ...KEPT_NOWHERE, 'content-length', String(bytes)]
    if (this.closing) all.push('connection', 'close')
    const { raw } = reply
    // What it refuses to write is still Fastify's to answer.
    raw.writeHead(status, all)
    reply.hijack()
    raw.end(body, bytes === body.length ? 'latin1' : 'utf8')
  }

  json(reply: FastifyReply, status: number, body: string, headers?: readonly string[]): void {
    this.send(reply, { status, type: 'application/json; charset=utf-8', body, headers })
  }

  refuse(reply: FastifyReply, surface: Surface, refused: Refused): FastifyReply {
    const { status } = errorCatalogue[refused.code]
    const retryAfter = refused.retryAfter ?? (status === 503 ? 1 : undefined)
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    if (this.closing) reply.header('connection', 'close')
    const { type, body } = surface.refuse(refused)
    return reply
      .code(status)
      .header('content-type', type)
      .header(...KEPT_NOWHERE)
      .send(body)
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
