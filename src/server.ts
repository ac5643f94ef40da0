import { createSecretKey, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyServerOptions } from 'fastify'
import { catalogue, upcasts } from '../events/catalogue.js'
import { openBookReader } from './commands/book-file.js'
import { commands } from './commands/commands.js'
import { CommandLoop, LIMITS } from './commands/loop.js'
import type { Commands } from './commands/port.js'
import { startSweeper } from './commands/sweeper.js'
import type { Config } from './config.js'
import { createVisibility } from './follower/visibility.js'
import { createApp } from './http/app.js'
import { createAuthenticate } from './http/auth.js'
import type { Readiness } from './http/parts.js'
import { type Projecting, startProjecting } from './projecting.js'
import { createDecoder } from './store/decode.js'
import { encode } from './store/encode.js'
import type { EventStore } from './store/port.js'
import { openSqliteEventStore } from './store/sqlite.js'
import { openSqliteViewReader } from './views/sqlite.js'

export interface Server {
  /** `http://host:port`. */
  readonly address: string
  readonly commands: Commands
  /** The leaf number of the last event; -1: the store is empty. */
  readonly leaf: number
  /** Finishes what was accepted, then closes the stores. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly config: Config
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  readonly logger?: FastifyServerOptions['logger']
}

/** Opens the stores, starts the projecting thread and the write side, and listens. Rejects with the stores' errors. */
export const startServer = async ({ config, log, logger = false }: ServerOptions): Promise<Server> => {
  for (const path of [config.events.path, config.views.path, join(config.data, 'x')]) {
    mkdirSync(dirname(path), { recursive: true })
  }
  const store = await openSqliteEventStore({ path: config.events.path, acceptLog: config.acceptLog, log })
  const visibility = createVisibility(() => performance.now())
  const writeModel = join(config.data, 'write-model.db')
  let flushed = (_leaf: number): void => undefined
  const projecting = startProjecting(
    { events: config.events.path, views: config.views.path, writeModel },
    { onPassed: visibility.passed, onFlushed: (leaf) => flushed(leaf) },
  )
  const from = await projecting.started
  const file = openBookReader(writeModel)
  const decode = createDecoder(catalogue, upcasts)
  const secret = createSecretKey(config.secret, 'utf8')
  const loop = new CommandLoop({
    commands,
    settings: { currency: config.currency, holdSeconds: config.holdSeconds },
    store,
    file,
    from,
    secret,
    encode,
    decode,
    clock: Date.now,
    randomId: randomUUID,
    wait: (milliseconds) => wait(milliseconds),
    acceptClock: config.acceptClock,
    limits: LIMITS,
    onApplied: projecting.grown,
  })
  flushed = (leaf) => loop.flushed(leaf)
  const ending = new AbortController()
  await loop.catchUp()
  const following = loop.follow(ending.signal)
  following.catch((error: unknown) => log(`the write side has stopped: ${messageOf(error)}`))
  const sweeper = startSweeper({ commands: loop, due: file.due, clock: Date.now, randomId: randomUUID, log })
  const views = openSqliteViewReader(config.views.path)
  const app = createApp({
    logger,
    parts: {
      commands: loop,
      views,
      log: store,
      decode,
      visibility,
      authenticate: createAuthenticate({
        key: tokenKey(config),
        ...(config.tokens.issuer !== undefined && { issuer: config.tokens.issuer }),
        ...(config.tokens.audience !== undefined && { audience: config.tokens.audience }),
        selfRecharge: config.selfRecharge,
        clock: Date.now,
      }),
      ready: async () => readiness(store, projecting, loop),
      fingerprintKey: secret,
      drawId: randomUUID,
      timeZone: config.timeZone,
    },
  })
  const address = await app.listen({ host: config.host, port: config.port })
  return {
    address,
    commands: loop,
    get leaf() {
      return loop.leaf
    },
    close: async () => {
      await sweeper.close()
      await app.close()
      await loop.close()
      ending.abort()
      await following.catch(() => undefined)
      file.close()
      await views.close()
      await projecting.close()
      await store.close()
    },
  }
}

/** A public key in PEM, or a secret. */
const tokenKey = ({ tokens }: Config) =>
  tokens.key.startsWith('-----BEGIN') ? { publicKey: tokens.key } : { secret: Buffer.from(tokens.key, 'utf8') }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Views that are further behind than this are not ready to be read. */
const MOST_BEHIND = 5_000

const readiness = (store: EventStore, projecting: Projecting, loop: CommandLoop): readonly Readiness[] => {
  const trouble = store.trouble()
  const failure = projecting.failure()
  const followers = projecting.state().map(({ name, leaf, trouble: wrong }): Readiness => {
    const detail = `${loop.leaf - leaf} events behind`
    const behind = loop.leaf - leaf > MOST_BEHIND ? { code: 'behind', detail } : null
    const found = wrong ?? behind
    return found === null ? { name, ready: true } : { name, ready: false, ...found }
  })
  return [
    trouble === null ? { name: 'events', ready: true } : { name: 'events', ready: false, ...trouble },
    loop.stopped === null
      ? { name: 'commands', ready: true }
      : { name: 'commands', ready: false, code: 'undecodable', detail: messageOf(loop.stopped) },
    ...(failure === null ? [] : [{ name: 'projector', ready: false, code: 'projector_failed', detail: failure }]),
    ...followers,
  ]
}
