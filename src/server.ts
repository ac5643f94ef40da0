import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyServerOptions } from 'fastify'
import { catalogue, upcasts } from '../events/catalogue.js'
import { openBookReader } from './commands/book-file.js'
import { commands } from './commands/commands.js'
import { CommandLoop, LIMITS } from './commands/loop.js'
import { createMac } from './commands/mac.js'
import type { Commands } from './commands/port.js'
import { startSweeper } from './commands/sweeper.js'
import { type Config, ConfigError, createFolder } from './config.js'
import { reasonOf } from './follower/batch.js'
import { createVisibility } from './follower/visibility.js'
import { createApp } from './http/app.js'
import { type Authenticate, createAuthenticate } from './http/auth.js'
import { startProjecting } from './projecting.js'
import { readiness } from './readiness.js'
import { createDecoder } from './store/decode.js'
import { encode } from './store/encode.js'
import { openSqliteEventStore } from './store/sqlite.js'
import { openSqliteViewReader } from './views/sqlite.js'

export interface Server {
  /** `http://host:port`. */
  readonly address: string
  readonly commands: Commands
  /** The leaf number of the last event when it started; -1: the store was empty. */
  readonly leaf: number
  /** Finishes what was accepted, then closes the stores. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly config: Config
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  readonly logger?: FastifyServerOptions['logger']
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** Nobody can listen where the configuration says. */
class CannotListen extends Error {
  readonly code = 'cannot_listen'
}

type Close = () => Promise<unknown>

/**
 * Opens the stores, starts the projecting thread and the write side, and listens. Rejects with `ConfigError`, `CannotListen` and the stores' errors,
 * and has closed again what it opened.
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const opened: Close[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one()
  }
  try {
    return { ...(await open(options, opened)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Puts on `opened` how each part is closed, the last one first. */
const open = async (options: ServerOptions, opened: Close[]): Promise<Omit<Server, 'close'>> => {
  const { config, log, logger = false, clock = Date.now } = options
  const authenticate = authenticateBy(config, clock)
  const writeModel = join(config.data, 'write-model.db')
  for (const path of [config.events.path, config.views.path, writeModel]) createFolder(dirname(path))
  const { port1: committed, port2: committing } = new MessageChannel()
  const { path } = config.events
  const store = await openSqliteEventStore({ path, acceptLog: config.acceptLog, committed: committing, log })
  opened.push(() => store.close())
  const visibility = createVisibility(() => performance.now())
  let writeSide: CommandLoop | undefined
  const projecting = startProjecting(
    { events: path, views: config.views.path, writeModel, committed },
    { onPassed: visibility.passed, onFlushed: (leaf) => writeSide?.flushed(leaf) },
  )
  opened.push(() => projecting.close())
  const from = await projecting.started
  const file = openBookReader(writeModel)
  opened.push(async () => file.close())
  const views = openSqliteViewReader(config.views.path)
  opened.push(() => views.close())
  const decode = createDecoder(catalogue, upcasts)
  const mac = createMac(Buffer.from(config.secret, 'utf8'))
  const loop = new CommandLoop({
    commands,
    settings: { currency: config.currency, holdSeconds: config.holdSeconds },
    store,
    file,
    from,
    mac,
    encode,
    decode,
    clock,
    randomId: randomUUID,
    wait,
    acceptClock: config.acceptClock,
    limits: LIMITS,
  })
  writeSide = loop
  const following = follow(loop, log)
  opened.push(following.end, () => loop.close())
  // What cannot be read stops the following too, which shows it; all commands are refused then.
  await Promise.allSettled([loop.catchUp()])
  const start = loop.leaf
  const app = createApp({
    logger,
    parts: {
      commands: loop,
      views,
      log: store,
      decode,
      visibility,
      authenticate,
      ready: async () => readiness({ store, projecting, leaf: loop.leaf, stopped: following.stopped(), start }),
      from: start,
      rebuild: projecting.rebuild,
      mac,
      drawId: randomUUID,
      timeZone: config.timeZone,
    },
  })
  const sweeper = startSweeper({ commands: loop, due: file.due, clock, randomId: randomUUID, log })
  opened.push(() => {
    projecting.stopRebuilds()
    return Promise.all([sweeper.close(), app.close()])
  })
  const address = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    throw new CannotListen(sentenceOf(config, error))
  })
  return { address, commands: loop, leaf: start }
}

/** Follows the log from now on. */
const follow = (loop: CommandLoop, log: ServerOptions['log']) => {
  const ending = new AbortController()
  let stopped: unknown = null
  const following = loop.follow(ending.signal).catch((error: unknown) => {
    stopped = error
    log(`the write side has stopped: ${reasonOf(error)}`)
  })
  const end: Close = () => {
    ending.abort()
    return following
  }
  return { end, stopped: () => stopped }
}

/** By a public key in PEM, or by a secret. */
const authenticateBy = ({ tokens, selfRecharge }: Config, clock: () => number): Authenticate => {
  const { key, issuer, audience } = tokens
  try {
    return createAuthenticate({
      key: key.startsWith('-----BEGIN') ? { publicKey: key } : { secret: Buffer.from(key, 'utf8') },
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      selfRecharge,
      clock,
    })
  } catch (error) {
    throw new ConfigError(`COUNTERFOIL_TOKEN_KEY cannot be used: ${reasonOf(error)}`)
  }
}

const sentenceOf = ({ host, port }: Config, error: unknown): string => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken
    ? `port ${port} of ${host} is taken by another program; COUNTERFOIL_PORT names another`
    : `nobody can listen on port ${port} of ${host}: ${reasonOf(error)}; COUNTERFOIL_HOST and COUNTERFOIL_PORT name others`
}
