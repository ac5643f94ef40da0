import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { type Config, createFolder, type SecretsConfig } from './config.js'
import { codeOf, reasonOf } from './follower/batch.js'
import { type Gateway, GatewayUnreachable } from './gateway/port.js'
import { createSandbox } from './gateway/sandbox.js'
import type { EventsLocation, ViewsLocation } from './locations.js'
import { Patience } from './mongodb/patience.js'
import type { SecretRecords, SecretStore } from './secrets/port.js'
import { createSealing } from './secrets/seal.js'
import { openSqliteSecrets } from './secrets/sqlite.js'
import { createSecretStore } from './secrets/store.js'
import type { EventLog, EventStore } from './store/port.js'
import { type Connection, isFull } from './store/sqlite/connection.js'
import { filesOf } from './store/sqlite/files.js'
import { lock } from './store/sqlite/lock.js'
import { openSqliteEventLog, openSqliteEventStore } from './store/sqlite.js'
import type { Hindrance } from './thread.js'
import { type ViewReader, type ViewStore, ViewStoreFull, ViewsUnreachable } from './views/port.js'
import { openSqliteViewReader, openSqliteViewStore } from './views/sqlite.js'

/** The one place that knows which adapter stands behind which location. Those of servers are loaded when one is used: they take longer than all the rest. */

/** Told what an operator should know. */
type Say = (message: string) => void

export interface EventStoreOptions {
  readonly acceptLog: boolean
  /** Told of every commit, where the store is a file. */
  readonly committed: MessagePort | null
  readonly log: Say
  /** Milliseconds since 1970: the one that events are recorded by. */
  readonly clock: () => number
  /** Gives up an opening that waits for space. */
  readonly signal: AbortSignal
}

const eventStoreDb = () => import('./store/eventstoredb.js')
const mongoViews = () => import('./views/mongodb.js')
const mongoSecrets = () => import('./secrets/mongodb.js')

/** For writing. Rejects with `StoreUnreachable`, after which it may be tried again, and with what an operator must mend. */
export const openEventStore = async (location: EventsLocation, options: EventStoreOptions): Promise<EventStore> =>
  location.kind === 'sqlite'
    ? openSqliteEventStore({ path: location.path, ...options })
    : (await eventStoreDb()).openEventStoreDb({ ...location, log: options.log, clock: options.clock })

export interface EventLogOptions {
  /** Given what lets the subscriptions of a log that is a file look for new events sooner than they would. */
  readonly waking: ((wake: () => void) => void) | null
  readonly log: Say
}

/** For reading. Rejects with `StoreUnreachable`, or `StoreUnreadable` where there is no store yet. */
export const openEventLog = async (location: EventsLocation, options: EventLogOptions): Promise<EventLog> => {
  const { waking, log: say } = options
  if (location.kind !== 'sqlite') return (await eventStoreDb()).openEventStoreDbLog({ ...location, log: say })
  const log = await openSqliteEventLog({ path: location.path })
  waking?.(log.wake)
  return log
}

/**
 * Opened at the first call; as long as it cannot be, every call is rejected with the reason, and the next one tries again. Once the signal
 * has fired, a server that is away is waited for no more.
 */
export const openViewStore = (location: ViewsLocation, ending?: AbortSignal): ViewStore => {
  const patience = new Patience(ending)
  const { store, close } = once(async () =>
    location.kind === 'sqlite'
      ? lockedViews(location.path)
      : (await mongoViews()).openMongoViewStore({ ...location, patience }),
  )
  return {
    reader: readerOf(async () => (await store()).reader, close),
    liveBuild: async (projection) => (await store()).liveBuild(projection),
    makeLive: async (projection, build) => (await store()).makeLive(projection, build),
    createBuild: async (spec) => (await store()).createBuild(spec),
    openBuild: async (spec, build) => (await store()).openBuild(spec, build),
    builds: async (projection) => (await store()).builds(projection),
    dropBuild: async (spec, build) => (await store()).dropBuild(spec, build),
    lease: async (name) => (await store()).lease(name),
    takeLease: async (name, seen, next) => (await store()).takeLease(name, seen, next),
    close,
  }
}

/** Likewise. Rejects where no server could ever be reached by the connection string. */
export const openViewReader = async (location: ViewsLocation, ending?: AbortSignal): Promise<ViewReader> => {
  if (location.kind === 'sqlite') return fileReader(location.path)
  const { checkAddress, openMongoViewReader } = await mongoViews()
  checkAddress(location.connection)
  const patience = new Patience(ending)
  const { store, close } = once(() => openMongoViewReader({ ...location, patience }))
  return readerOf(store, close)
}

/** Does something before each read of a projection's views; how far they have come may be asked at any time. */
export const readAfter = (
  reader: ViewReader,
  before: (projection: string) => Promise<void> | undefined,
): ViewReader => {
  const ready = (projection: string): ViewReader | Promise<ViewReader> =>
    before(projection)?.then(() => reader) ?? reader
  return { ...readerOf(ready, () => reader.close()), checkpoint: (projection) => reader.checkpoint(projection) }
}

const CHECK_EVERY = 1_000

/** A projector of another process may have begun the file anew: then what was opened lies no longer at its path. */
const fileReader = (path: string): ViewReader => {
  let opened: { readonly reader: ViewReader; readonly inode: number } | null = null
  let checked = 0
  const checkedAt = async (now: number): Promise<ViewReader> => {
    checked = now
    if (opened !== null && statSync(path, { throwIfNoEntry: false })?.ino !== opened.inode) {
      const { reader } = opened
      // First, because others read meanwhile.
      opened = null
      await reader.close()
    }
    opened ??= openFile(path)
    return opened.reader
  }
  const current = (): ViewReader | Promise<ViewReader> => {
    const now = performance.now()
    return opened !== null && now - checked < CHECK_EVERY ? opened.reader : checkedAt(now)
  }
  return readerOf(current, async () => opened?.reader.close())
}

const openFile = (path: string): { readonly reader: ViewReader; readonly inode: number } => {
  try {
    return { inode: statSync(path).ino, reader: openSqliteViewReader(path) }
  } catch (error) {
    throw new ViewsUnreachable(`${path} cannot be read; a projector makes it: ${reasonOf(error)}`)
  }
}

/** One process writes such a file; a second one is refused until the first is gone, and then takes over. */
const lockedViews = (path: string): ViewStore => {
  let held: Connection | null = null
  try {
    held = lock(filesOf(path))
    const store = openSqliteViewStore({ path })
    const close = async (): Promise<void> => {
      await store.close()
      held?.close()
    }
    return { ...store, close }
  } catch (error) {
    held?.close()
    throw isFull(error) ? new ViewStoreFull(`there is no space to open ${path}; events are safe`) : error
  }
}

/**
 * Opened at the first call, and again as long as it cannot be. Any number of processes may have one file, or one database. `log` is told what a
 * call was rejected with, once until another one works. Once the signal has fired, a server that is away is waited for no more. Rejects where
 * no server could ever be reached by the connection string.
 */
export const openSecretStore = async (
  { location, keys }: SecretsConfig,
  log: Say,
  ending?: AbortSignal,
): Promise<SecretStore> => {
  const patience = new Patience(ending)
  if (location.kind === 'mongodb') (await mongoSecrets()).checkSecretsAddress(location.connection)
  const sealing = createSealing(keys)
  const { store, close } = once(async () => {
    const records = await (location.kind === 'sqlite'
      ? secretsFile(location.path)
      : (await mongoSecrets()).openMongoSecrets({ ...location, patience }))
    return createSecretStore({ records, sealing, draw: randomBytes })
  })
  const telling = teller(log, 'secrets_failed')
  return {
    put: (name, value) => telling(async () => (await store()).put(name, value)),
    get: (name) => telling(async () => (await store()).get(name)),
    destroy: (name) => telling(async () => (await store()).destroy(name)),
    rotate: (progress) => telling(async () => (await store()).rotate(progress)),
    close,
  }
}

const teller = (log: Say, otherwise: string) => {
  let trouble: Hindrance | null = null
  const telling = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await work()
      trouble = null
      return result
    } catch (error) {
      const [code, detail] = [codeOf(error, otherwise), reasonOf(error)]
      if (trouble?.code !== code || trouble.detail !== detail) log(`${code}: ${detail}`)
      trouble = { code, detail }
      throw error
    }
  }
  return Object.assign(telling, { trouble: () => trouble })
}

const secretsFile = (path: string): Promise<SecretRecords> => {
  createFolder(dirname(path))
  return openSqliteSecrets({ path })
}

export interface WatchedGateway extends Gateway {
  /** What its last call was rejected with; `null`: it worked, or there was none. Nobody is asked. */
  trouble(): Hindrance | null
}

export interface GatewayOptions {
  readonly log: Say
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/**
 * Opened at the first call, and again as long as it cannot be. `log` is told what a call was rejected with, once until another one works; and at once where
 * no card is really charged although the events are on a server.
 */
export const openGateway = (
  config: Pick<Config, 'gateway' | 'events'>,
  { log, clock }: GatewayOptions,
): WatchedGateway => {
  const { gateway, events } = config
  const pretends = gateway.kind === 'sandbox' || gateway.environment !== 'production'
  if (pretends && events.kind !== 'sqlite') log(PRETENDS)
  const { store, close } = once(() => gatewayOf(gateway, clock))
  const telling = teller(log, 'gateway_unknown')
  return {
    trouble: telling.trouble,
    clientToken: () => telling(async () => (await store()).clientToken()),
    sale: (request) => telling(async () => (await store()).sale(request)),
    find: (orderId) => telling(async () => (await store()).find(orderId)),
    refund: (request) => telling(async () => (await store()).refund(request)),
    findRefund: (refundId, transaction) => telling(async () => (await store()).findRefund(refundId, transaction)),
    state: (transaction) => telling(async () => (await store()).state(transaction)),
    close,
  }
}

const PRETENDS =
  'NO CARD IS REALLY CHARGED: set COUNTERFOIL_GATEWAY=braintree and COUNTERFOIL_BRAINTREE_ENVIRONMENT=production to take money'

const gatewayOf = async (gateway: Config['gateway'], clock: () => number): Promise<Gateway> => {
  // The SDK takes longer to load than all the rest.
  if (gateway.kind === 'braintree') return (await import('./gateway/braintree.js')).createBraintree(gateway)
  try {
    createFolder(dirname(gateway.path))
    return createSandbox({ path: gateway.path, clock })
  } catch (error) {
    throw new GatewayUnreachable(`${gateway.path} cannot be opened: ${reasonOf(error)}`)
  }
}

/** Where the reader is there at once, no promise more is made than its own. */
const readerOf = (
  readerFor: (projection: string) => ViewReader | Promise<ViewReader>,
  close: () => Promise<void>,
): ViewReader => {
  const using = <Found>(projection: string, read: (reader: ViewReader) => Promise<Found>): Promise<Found> => {
    const reader = readerFor(projection)
    return reader instanceof Promise ? reader.then(read) : read(reader)
  }
  return {
    document: (projection, key) => using(projection, (reader) => reader.document(projection, key)),
    row: (projection, key) => using(projection, (reader) => reader.row(projection, key)),
    rows: (projection, query) => using(projection, (reader) => reader.rows(projection, query)),
    checkpoint: (projection) => using(projection, (reader) => reader.checkpoint(projection)),
    close,
  }
}

const once = <Store extends { close(): Promise<void> }>(open: () => Promise<Store>) => {
  let opening: Promise<Store> | null = null
  return {
    store: (): Promise<Store> => {
      opening ??= open().catch((error: unknown) => {
        opening = null
        throw error
      })
      return opening
    },
    close: async (): Promise<void> => {
      const store = await opening?.catch(() => null)
      await store?.close()
    },
  }
}
