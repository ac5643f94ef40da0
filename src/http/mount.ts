import type { Ajv } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { readBodies } from './body.js'
import { bulkHandler } from './bulk.js'
import { commandHandler } from './command.js'
import { RequestRefused } from './errors.js'
import { Fields } from './fields.js'
import type { Parts } from './parts.js'
import { allPassed, createAwaiting, leastOf } from './position.js'
import { Principal } from './principal.js'
import type { Replies } from './replies.js'
import type { Answer, Call, ReadRoute, Request, Route, Surface } from './route.js'
import { createCheck, type Schema } from './schema.js'
import { taskHandler } from './task.js'
import type { EndOfTurn } from './turn.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` on the routes that are open to all. */
    caller: Principal | null
  }
}

/** What one app shares among its surfaces. */
export interface Mounting {
  readonly parts: Parts
  readonly replies: Replies
  readonly ajv: Ajv
  /** For requests of all routes, so that they are answered, and commands decided, in the order in which they came. */
  readonly endOfTurn: EndOfTurn
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethods[]

/** Puts one surface's routes on a scope of the app. */
export const mount = (scope: FastifyInstance, surface: Surface, mounting: Mounting): void => {
  const { parts, replies } = mounting
  readBodies(scope, surface)
  scope.setErrorHandler((error, request: Request, reply) => replies.fail(request, reply, surface, error))
  // Not async: a promise for each request costs more than the look at the token. What is thrown goes to the error handler.
  const admit = (request: Request, _reply: FastifyReply, done: () => void): void => {
    replies.admit(request)
    const caller = parts.authenticate(request.headers.authorization)
    surface.admit?.(caller, request.headers)
    request.caller = caller
    done()
  }
  const known = new Map<string, Set<string>>()
  for (const route of surface.routes) {
    scope.route<{ Body: Request['body'] }>({
      method: route.method,
      url: route.url,
      ...('bodyLimit' in route && route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
      ...('open' in route ? {} : { onRequest: admit }),
      handler: handlerOf(route, surface, mounting),
    })
    known.set(route.url, (known.get(route.url) ?? new Set()).add(route.method))
  }
  for (const [url, methods] of known) refuseOthers(scope, url, methods)
}

/** Sends the reply; rejects with what the surface's form of a refusal is made of. */
export type Handler = (request: Request, reply: FastifyReply) => Promise<void>

/** What the handler of a route works with. */
export interface Serving {
  readonly surface: Surface
  readonly replies: Replies
  readonly open: Opener
  readonly endOfTurn: EndOfTurn
}

const handlerOf = (route: Route, surface: Surface, mounting: Mounting): Handler => {
  const { replies, endOfTurn } = mounting
  const serving = { surface, replies, endOfTurn, open: createOpener(route, surface, mounting) }
  switch (route.kind) {
    case 'command':
      return commandHandler(route, serving)
    case 'bulk':
      return bulkHandler({ ...serving, route, check: createCheck(mounting.ajv, route.item, 'item') })
    case 'task':
      return taskHandler(route, serving.open)
    case 'read':
      return readHandler(route, serving)
  }
}

/**
 * Turns a request into a call: checks its shape, and waits for the position it names. A read waits for each view that it reads when it
 * reads it, also until the view holds what lay in the log at the start.
 */
export type Opener = (request: Request) => Call | Promise<Call>

const nothing: Schema = { type: 'object', additionalProperties: false, properties: {} }
const EMPTY = {}
const nobody = new Principal({ subject: '', roles: new Set(), accounts: new Set(), scopes: new Set() })

const createOpener = (route: Route, surface: Surface, { ajv, parts }: Mounting): Opener => {
  const params = createCheck(ajv, route.params ?? nothing, 'path')
  const query = createCheck(ajv, withPosition(route), 'query')
  const body = createCheck(ajv, route.body ?? nothing, 'body')
  const awaiting = createAwaiting(parts)
  return (request) => {
    params(request.params)
    query(request.query)
    body(request.body === undefined ? EMPTY : request.body)
    const fields = new Fields(request.query)
    const least = leastOf(request.headers['ledger-min-position'] ?? fields.raw('minPosition'))
    const waits = route.kind === 'read' && route.always !== true
    const call = {
      parts: waits ? awaiting(Math.max(parts.from, least)) : parts,
      caller: request.caller ?? nobody,
      params: new Fields(request.params),
      query: fields,
      body: new Fields(request.body),
    }
    return route.kind === 'read' || least === -1 ? call : allPassed(parts, surface.views, least).then(() => call)
  }
}

const withPosition = ({ query = nothing }: Route): Schema => ({
  ...query,
  properties: { ...query.properties, minPosition: { type: 'string', maxLength: 64 } },
})

const readHandler =
  (route: ReadRoute, { replies, open, endOfTurn }: Serving): Handler =>
  async (request, reply) => {
    await endOfTurn()
    const { status, body, link }: Answer = await route.read(await open(request))
    replies.json(reply, status, body, link === undefined ? [] : [['link', link]])
  }

const refuseOthers = (scope: FastifyInstance, url: string, methods: ReadonlySet<string>): void => {
  const others = METHODS.filter((method) => !methods.has(method))
  const allowed = [...methods].join(', ')
  const refuse = async (_request: FastifyRequest, reply: FastifyReply): Promise<never> => {
    reply.header('allow', allowed)
    throw new RequestRefused('method_not_allowed')
  }
  scope.route({ method: others, url, onRequest: refuse, handler: refuse })
}
