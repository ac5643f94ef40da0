import type { Ajv } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { readBodies } from './body.js'
import { bulkHandler } from './bulk.js'
import { commandHandler } from './command.js'
import { RequestRefused } from './errors.js'
import { Fields } from './fields.js'
import type { Parts } from './parts.js'
import { passed, reach } from './position.js'
import { Principal } from './principal.js'
import type { Replies } from './replies.js'
import type { Answer, Call, ReadRoute, Request, Route, Surface } from './route.js'
import { createCheck, type Schema } from './schema.js'
import { taskHandler } from './task.js'

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
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethods[]

/** Puts one surface's routes on a scope of the app. */
export const mount = (scope: FastifyInstance, surface: Surface, mounting: Mounting): void => {
  const { parts, replies } = mounting
  readBodies(scope, surface)
  scope.setErrorHandler((error, request: Request, reply) => replies.fail(request, reply, surface, error))
  const admit = async (request: Request): Promise<void> => {
    const caller = parts.authenticate(request.headers.authorization)
    surface.admit?.(caller, request.headers)
    request.caller = caller
  }
  const known = new Map<string, Set<string>>()
  for (const route of surface.routes) {
    scope.route<{ Body: Request['body'] }>({
      method: route.method,
      url: route.url,
      ...('bodyLimit' in route && route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
      ...('open' in route ? {} : { onRequest: admit }),
      handler: handlerOf(route, mounting),
    })
    known.set(route.url, (known.get(route.url) ?? new Set()).add(route.method))
  }
  for (const [url, methods] of known) refuseOthers(scope, url, methods)
}

export type Handler = (request: Request, reply: FastifyReply) => Promise<FastifyReply>

const handlerOf = (route: Route, mounting: Mounting): Handler => {
  const open = createOpener(route, mounting)
  switch (route.kind) {
    case 'command':
      return commandHandler(route, mounting.replies, open)
    case 'bulk':
      return bulkHandler({
        route,
        replies: mounting.replies,
        open,
        check: createCheck(mounting.ajv, route.item, 'item'),
      })
    case 'task':
      return taskHandler(route, open)
    case 'read':
      return readHandler(route, mounting.replies, open)
  }
}

/** Turns a request into a call: checks its shape, and waits for the position it names. */
export type Opener = (request: Request) => Promise<Call>

const nothing: Schema = { type: 'object', additionalProperties: false, properties: {} }
const EMPTY = {}
const nobody = new Principal({ subject: '', roles: new Set(), accounts: new Set(), scopes: new Set() })

const createOpener = (route: Route, { ajv, parts }: Mounting): Opener => {
  const params = createCheck(ajv, route.params ?? nothing, 'path')
  const query = createCheck(ajv, withPosition(route), 'query')
  const body = createCheck(ajv, route.body ?? nothing, 'body')
  return async (request) => {
    params(request.params)
    query(request.query)
    body(request.body === undefined ? EMPTY : request.body)
    const call = {
      parts,
      caller: request.caller ?? nobody,
      params: new Fields(request.params),
      query: new Fields(request.query),
      body: new Fields(request.body),
    }
    await reach(parts.visibility, request.headers['ledger-min-position'] ?? call.query.raw('minPosition'))
    return call
  }
}

const withPosition = ({ query = nothing }: Route): Schema => ({
  ...query,
  properties: { ...query.properties, minPosition: { type: 'string', maxLength: 64 } },
})

const readHandler =
  (route: ReadRoute, replies: Replies, open: Opener): Handler =>
  async (request, reply) => {
    const call = await open(request)
    if (route.open !== true) await passed(call.parts.visibility, call.parts.from)
    const { status, body, link }: Answer = await route.read(call)
    if (link !== undefined) reply.header('link', link)
    return replies.json(reply, status, body)
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
