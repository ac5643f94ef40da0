import type { FastifyRequest } from 'fastify'
import type { CommandName, Done, Inputs } from '../commands/port.js'
import type { AnyProjection } from '../follower/projection.js'
import type { ErrorCode } from './errors.js'
import type { Fields } from './fields.js'
import type { JsonValue, Writable } from './json.js'
import type { Parts } from './parts.js'
import type { Principal } from './principal.js'
import type { Schema } from './schema.js'

/** One validated request. */
export interface Call {
  readonly parts: Parts
  readonly caller: Principal
  readonly params: Fields
  readonly query: Fields
  readonly body: Fields
}

/** A request as Fastify has it; the body is what our reader made of it. */
export type Request = FastifyRequest<{ Body: JsonValue | undefined }>

/** What a request asks of the write side. */
export interface Intent<Name extends CommandName = CommandName> {
  readonly command: Name
  readonly input: Inputs[Name]
}

export const intent = <Name extends CommandName>(command: Name, input: Inputs[Name]): Intent => ({ command, input })

export type { Done }

/** A successful reply. `links` are the values of `Link` headers. */
export interface Answer {
  readonly status: number
  /** JSON text. */
  readonly body: string
  readonly link?: string
}

interface CommonRoute {
  /** Path with `:params`; taken with and without a slash at its end. */
  readonly url: string
  readonly params?: Schema
  readonly query?: Schema
  readonly body?: Schema
}

/** A write: one command, one event. */
export type CommandRoute = Write & (Plain | Around)

interface Write extends CommonRoute {
  readonly kind: 'command'
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** The commands it may issue. */
  readonly commands: readonly CommandName[]
  /** Bytes; left out: that of most routes. */
  readonly bodyLimit?: number
  readonly status: number
  /** Another command to try where the first is refused; if that one is refused too, the first refusal is the answer. */
  readonly instead?: (refused: Refused, call: Call) => Intent | null
  /** JSON text. */
  readonly toReply: (done: Done, call: Call) => string | Promise<string>
  /** The same as CSV, for who asks for text/csv. */
  readonly toCsv?: (done: Done, call: Call) => string
}

interface Plain {
  readonly toIntent: (call: Call) => Intent
}

/** A command that takes work outside the log, before it is asked for or when its outcome is known. */
interface Around {
  /** Asks once. May reject as `ask` does: what is thrown is the answer. */
  readonly perform: (call: Call, ask: Ask) => Promise<Settled>
}

/** Rejects with `Unavailable`, and with what is our own fault. */
export type Ask = (intent: Intent) => Promise<Settled>

/** A read. */
export interface ReadRoute extends CommonRoute {
  readonly kind: 'read'
  /** POST: what is asked about comes in a body. */
  readonly method: 'GET' | 'POST'
  /** Anyone may ask, without a token. */
  readonly open?: true
  /** About the process itself: it is answered at any time, before the views and the write side are there. */
  readonly always?: true
  readonly read: (call: Call) => Promise<Answer>
}

/** Many commands in one request, each with its own outcome. */
export interface BulkRoute extends CommonRoute {
  readonly kind: 'bulk'
  readonly method: 'POST'
  readonly commands: readonly CommandName[]
  /** Bytes. */
  readonly bodyLimit: number
  /** Of each item in the body's `items`; `key` is its own idempotency key. An item that does not fit is refused alone. */
  readonly item: Schema
  readonly toIntent: (item: Fields, params: Fields) => Intent
  readonly toReply: (settled: Settled) => Writable
}

/** What became of one item. */
export type Settled =
  | { readonly kind: 'done'; readonly done: Done }
  /** `wrote`: how it ended is in the log all the same, a card payment that was declined. */
  | { readonly kind: 'refused'; readonly refused: Refused; readonly wrote?: Done }

/** Something that takes long; only an admin may ask for it. It goes on when the client leaves. */
export interface TaskRoute extends CommonRoute {
  readonly kind: 'task'
  readonly method: 'POST'
  /** Starts it and tells of it, a JSON text per line, until the promise resolves. Throws `RequestRefused` before the first line. */
  readonly start: (call: Call, tell: (line: string) => void) => Promise<void>
}

export type Route = CommandRoute | ReadRoute | BulkRoute | TaskRoute

/** A refusal as every surface gets it, to show in its own form. */
export interface Refused {
  readonly code: ErrorCode
  readonly detail: string
  /** Of the request, where it failed on our side. */
  readonly instance?: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** One API: its routes and the form of its refusals. */
export interface Surface {
  readonly name: string
  readonly routes: readonly Route[]
  /** A write answers when those of them that its event changes hold it. A read waits for what it reads. */
  readonly views: readonly AnyProjection[]
  /** Of a body; `any`: it is read as JSON whatever it is called. */
  readonly contentTypes: readonly string[] | 'any'
  /** A body may come without a content type. */
  readonly untyped: boolean
  /** Content type and text of a refusal. */
  readonly refuse: (refused: Refused) => { readonly type: string; readonly body: string }
  /** Throws `RequestRefused` where the headers do not fit the caller. */
  readonly admit?: (caller: Principal, headers: Readonly<Record<string, string | string[] | undefined>>) => void
}
