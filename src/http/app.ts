import { type FastifyInstance, type FastifyServerOptions, fastify, LogController } from 'fastify'
import { bill } from './bill/surface.js'
import { errorCatalogue } from './errors.js'
import { mount } from './mount.js'
import type { Parts } from './parts.js'
import { payment } from './payment/surface.js'
import { refuseConnection } from './refuse-connection.js'
import { Replies } from './replies.js'
import type { Surface } from './route.js'
import { createSchemaCompiler } from './schema.js'
import { subscription } from './subscription/surface.js'
import { createEndOfTurn } from './turn.js'
import { healthRoutes } from './v1/health.js'
import { rebuilds } from './v1/rebuilds.js'
import { v1 } from './v1/surface.js'

export interface AppOptions {
  readonly parts: Parts
  /** Where errors of our own are written; left out: nowhere. */
  readonly logger?: FastifyServerOptions['logger']
  /** Left out: all. */
  readonly offers?: readonly Surface[]
}

/** Bytes of a body, but for routes that say otherwise. */
const BODY_LIMIT = 16 * 1024
/** The longest name is 64 characters, each at most 12 characters when percent-encoded. */
const MAX_PARAM = 1024
/** Milliseconds from the start of a request to its last byte, and to the end of its headers. */
const REQUEST_TIMEOUT = 10_000
const HEADERS_TIMEOUT = 5_000
const KEEP_ALIVE = 5_000
/** Milliseconds that requests under way have to finish when the app closes. */
const CLOSE_DEADLINE = 9_000

export const surfaces: readonly Surface[] = [bill, payment, subscription, v1]

/** Of a process that takes no commands and shows no views. */
export const operations: readonly Surface[] = [{ ...v1, routes: [...healthRoutes, rebuilds] }]

/** The surface whose form of refusals fits a path that no route has. */
const surfaceOf = (url: string): Surface => {
  if (/^\/bill(?:[/?]|$)/.test(url)) return bill
  if (/^\/(?:payment|integration)\/v1(?:[/?]|$)/.test(url)) return payment
  return /^\/payment(?:[/?]|$)/.test(url) ? subscription : v1
}

/** All routes, on no port yet. `close()` finishes the requests it has taken. */
export const createApp = ({ parts, logger = false, offers = surfaces }: AppOptions): FastifyInstance => {
  // Made apart: an app that has a logger makes one for each request and listens for the end of each reply, at the cost of all its checks.
  const { log } = fastify({ logger })
  const replies = new Replies(log)
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    // Here, because it is asked of every request, also of one that no route has.
    genReqId: (raw) => {
      replies.came(raw)
      return parts.drawId()
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM },
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE,
    return503OnClosing: false,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: 1000 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => replies.fail(request, reply, surfaceOf(request.url), error),
  })
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.decorateRequest('caller', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setNotFoundHandler((request, reply) =>
    replies.refuse(reply, surfaceOf(request.url), { code: 'not_found', detail: errorCatalogue.not_found.meaning }),
  )
  const mounting = { parts, replies, ajv: createSchemaCompiler(), endOfTurn: createEndOfTurn() }
  for (const surface of offers) app.register(async (scope) => mount(scope, surface, mounting))
  closeGently(app, replies)
  return app
}

const closeGently = (app: FastifyInstance, replies: Replies): void => {
  let deadline: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    replies.closing = true
    deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_DEADLINE)
  })
  app.addHook('onClose', async () => clearTimeout(deadline))
}
