import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, errorCatalogue, RequestRefused } from './errors.js'
import { isGrave, logged, refusedBy } from './faults.js'
import type { Refused, Surface } from './route.js'

declare module 'node:net' {
  interface Socket {
    /** The request that came last on this connection. */
    newest?: IncomingMessage
    /** A reply on it said that it is the last. */
    farewell?: boolean
  }
}

export type Header = readonly [name: string, value: string]

/** A reply that is no refusal; the body is a text. */
interface Sent {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers: readonly Header[]
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

  /** Past Fastify, on whose way a reply costs an eighth of a request that does nothing else: what was set by `reply.header` does not come with it. */
  send(reply: FastifyReply, { status, type, body, headers }: Sent): void {
    const bytes = Buffer.byteLength(body)
    const all: string[] = []
    for (const [name, value] of headers) all.push(name, value)
    for (const [name, value] of this.#always(reply, type)) all.push(name, value)
    all.push('content-length', String(bytes))
    const { raw } = reply
    // Throws where a value is none for a header: until then a refusal can still be sent. Fastify's own `Connection` gives way to ours.
    raw.writeHead(status, all)
    reply.hijack()
    raw.end(body, bytes === body.length ? 'latin1' : 'utf8')
  }

  json(reply: FastifyReply, status: number, body: string, headers: readonly Header[] = []): void {
    this.send(reply, { status, type: 'application/json; charset=utf-8', body, headers })
  }

  /** What a refusal that comes next has besides. */
  mark(reply: FastifyReply, headers: readonly Header[]): void {
    for (const [name, value] of headers) reply.header(name, value)
  }

  refuse(reply: FastifyReply, surface: Surface, refused: Refused): FastifyReply {
    const { status } = errorCatalogue[refused.code]
    const retryAfter = refused.retryAfter ?? (status === 503 ? 1 : undefined)
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    const { type, body } = surface.refuse(refused)
    this.mark(reply, this.#always(reply, type))
    return reply.code(status).send(body)
  }

  /** A request has come, whatever it is. */
  came(raw: IncomingMessage): void {
    raw.socket.newest = raw
  }

  /** Throws `RequestRefused` where the reply could not be sent any more. */
  admit({ raw }: FastifyRequest): void {
    if (raw.socket.farewell) throw new RequestRefused('shutting_down')
  }

  /** Nothing may be kept on the way: balances, credentials and codes of coupons are for who asked. */
  #always({ request: { raw } }: FastifyReply, type: string): readonly Header[] {
    const headers: Header[] = [
      ['content-type', type],
      ['cache-control', 'no-store'],
    ]
    if (this.closing) {
      // Behind the one that says so no reply is sent, not even that of a write that was taken.
      const last = raw.socket.newest === raw
      headers.push(['connection', last ? 'close' : 'keep-alive'])
      raw.socket.farewell ||= last
    }
    return headers
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
