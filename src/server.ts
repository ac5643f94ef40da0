import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyServerOptions } from 'fastify'
import type { Commands } from './commands/port.js'
import { Unavailable } from './commands/port.js'
import { type Config, ConfigError } from './config.js'
import { reasonOf } from './follower/batch.js'
import { createVisibility, type Poll } from './follower/visibility.js'
import { createApp, operations, surfaces } from './http/app.js'
import { type Authenticate, createAuthenticate } from './http/auth.js'
import { reachSecrets } from './http/credentials.js'
import { RequestRefused } from './http/errors.js'
import { Guesses } from './http/guesses.js'
import type { Parts } from './http/parts.js'
import { taxCountryOf } from './ledger/tax.js'
import { createDateIn } from './ledger/zone.js'
import { decode, type Opening, startOpening } from './opening.js'
import { projections } from './projections/projections.js'
import { createStandstill, promptly, readiness, SILENT_SECRETS } from './readiness.js'
import type { SecretStore } from './secrets/port.js'
import type { EventLog } from './store/port.js'
import { openGateway, openSecretStore, openViewReader, readAfter, type WatchedGateway } from './stores.js'
import type { ViewReader } from './views/port.js'
import { couponCodesOf, macOf, type WriteSide } from './write-side.js'

export interface Started {
  readonly commands: Commands
  readonly log: Pick<EventLog, 'readStream'>
  /** The leaf number of the last event then; -1: the store was empty. */
  readonly leaf: number
}

export interface Server {
  /** `http://host:port`. */
  readonly address: string
  /** Settled when the write side takes commands; `null` where there is none. Rejects with what an operator must mend: then it is to be closed. */
  readonly started: Promise<Started | null>
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

/**
 * Opens what the role needs and listens. Resolves when all is open, or as soon as something is waited for: a store that is away, a full
 * disk. Rejects with `ConfigError`, `CannotListen` and what of the stores' errors does not pass, and has closed again what it opened.
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { config, log, logger = false, clock = Date.now } = options
  const authenticate = authenticateBy(config, clock)
  const ending = new AbortController()
  const views = readAfter(await openViewReader(config.views, ending.signal), (name) => opening.projecting?.stored(name))
  const secrets = await openSecretStore(config.secrets, log, ending.signal)
  const visibility = createVisibility(() => performance.now(), {
    poll: (name) => elsewhere(name),
    owed: (name) => opening.projecting?.owed(name),
    owe: (name, leaf) => opening.projecting?.owe(name, leaf),
  })
  const gateway = openGateway(config, { log, clock })
  const opening = startOpening({ config, log, clock, secrets, gateway, passed: visibility.passed })
  const elsewhere = pollOf(opening, views)
  const parts = partsOf(config, opening, { authenticate, views, secrets, gateway, visibility, clock })
  const app = createApp({ logger, parts, offers: config.role === 'projector' ? operations : surfaces })
  const close = async (): Promise<void> => {
    ending.abort()
    opening.projecting?.stopRebuilds()
    await Promise.all([opening.write?.quiet(), app.close()])
    await gateway.close()
    await views.close()
    await secrets.close()
    await opening.close()
  }
  try {
    // The routes are made while the threads of the stores begin; whether that worked, is asked further below.
    app.ready().then(undefined, () => undefined)
    await Promise.race([opening.done, opening.stored, opening.hindered])
    await app.ready()
    const address = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
      throw new CannotListen(sentenceOf(config, error))
    })
    await Promise.race([opening.done, opening.hindered])
    const started = opening.done.then(() => startedOf(opening.write))
    started.catch(() => undefined)
    return { address, started, close }
  } catch (error) {
    await close()
    throw error
  }
}

const startedOf = (write: WriteSide | null): Started | null =>
  write === null ? null : { commands: write.loop, log: write.store, leaf: write.start }

/** Where this process does not fold a view itself: the live build's checkpoint, if it is one of this log. */
const pollOf =
  (opening: Opening, views: ViewReader): Poll =>
  async (name) => {
    const state = opening.projecting?.state().find((follower) => follower.name === name)
    if (state?.doing === 'following') {
      opening.projecting?.look()
      return state.leaf
    }
    const checkpoint = await views.checkpoint(name)
    return checkpoint !== null && checkpoint.epoch === opening.store?.epoch ? checkpoint.leaf : -1
  }

interface Opened extends Pick<Parts, 'authenticate' | 'visibility' | 'clock'> {
  readonly views: ViewReader
  readonly secrets: SecretStore
  readonly gateway: WatchedGateway
}

/** What the routes work with; what is not open yet refuses with the reason. */
const partsOf = (config: Config, opening: Opening, opened: Opened): Parts => {
  const { authenticate, views, secrets, gateway, visibility, clock } = opened
  const checkpoints = new Map(projections.map(({ name }) => [name, promptly(() => views.checkpoint(name))]))
  const checkpoint = async (name: string) => (await checkpoints.get(name)?.()) ?? null
  const standstill = createStandstill(() => performance.now())
  const answering = promptly(() => reachSecrets(secrets), SILENT_SECRETS)
  const dateIn = createDateIn(config.timeZone)
  const write = (): WriteSide => {
    if (opening.write !== null) return opening.write
    throw new Unavailable('not_ready', 'the server is starting; /ready says what it waits for')
  }
  return {
    get commands() {
      return write().loop
    },
    views,
    log: { readStream: async (stream, query) => write().store.readStream(stream, query) },
    secrets,
    decode,
    visibility,
    authenticate,
    ready: () =>
      readiness({ role: config.role, opening, checkpoint, standstill, secrets: answering, gateway: gateway.trouble }),
    get from() {
      return write().start
    },
    rebuild: (names, progress) => {
      if (config.role === 'api') throw new RequestRefused('rebuild_elsewhere')
      if (opening.projecting === null) throw new Unavailable('not_ready', 'the server is starting')
      return opening.projecting.rebuild(names, progress)
    },
    renew: (asked) => write().renew(asked),
    settle: (asked) => write().settle(asked),
    failCheckout: (asked) => write().failCheckout(asked),
    doubts: (query) => write().doubts(query),
    charge: async (start, by) => write().charge(start, by),
    clientToken: () => gateway.clientToken(),
    today: () => dateIn(new Date(clock()).toISOString()),
    lowBalance: config.lowBalance,
    mac: macOf(config),
    drawId: randomUUID,
    timeZone: config.timeZone,
    coupons: couponCodesOf(config),
    guesses: new Guesses(() => performance.now()),
    clock,
    draw: randomBytes,
    taxCountryOf: (country) => taxCountryOf(config.taxes, country),
  }
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
