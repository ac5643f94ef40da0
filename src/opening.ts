import { dirname, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { catalogue, upcasts } from '../events/catalogue.js'
import { type Config, createFolder } from './config.js'
import type { Visibility } from './follower/visibility.js'
import type { Gateway } from './gateway/port.js'
import { insist } from './insisting.js'
import { type Projecting, startProjecting } from './projecting.js'
import type { SecretStore } from './secrets/port.js'
import { createDecoder } from './store/decode.js'
import { StoreUnreachable } from './store/errors.js'
import type { EventStore } from './store/port.js'
import { isFull } from './store/sqlite/connection.js'
import { filesOf } from './store/sqlite/files.js'
import { lock } from './store/sqlite/lock.js'
import { openEventStore } from './stores.js'
import type { Hindrance } from './thread.js'
import { openWriteSide, type WriteSide } from './write-side.js'

export interface OpeningOptions {
  readonly config: Config
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly passed: Visibility['passed']
  /** Opened and closed by who opens this. */
  readonly secrets: SecretStore
  readonly gateway: Gateway
}

/** The parts of a process while they are opened, and afterwards. */
export interface Opening {
  /** What of them is there already. */
  readonly store: EventStore | null
  readonly projecting: Projecting | null
  readonly write: WriteSide | null
  /** Why the next one is not there yet; `null`: it is under way, or nothing is left. */
  readonly hindrance: Hindrance | null
  /** Settled when all is there. Rejects with what an operator must mend. */
  readonly done: Promise<void>
  /** Resolves when the event store is there, which nobody else can have then. */
  readonly stored: Promise<void>
  /** Resolves when something that may pass keeps it from going on. */
  readonly hindered: Promise<void>
  /** After the last request was answered. */
  close(): Promise<void>
}

export const decode = createDecoder(catalogue, upcasts)

type Found = { -readonly [Part in 'store' | 'projecting' | 'write' | 'hindrance']: Opening[Part] }

/** Opens the event store, starts the following thread, then the write side, each as the role needs it. What is away is waited for. */
export const startOpening = (options: OpeningOptions): Opening => {
  const found: Found = { store: null, projecting: null, write: null, hindrance: null }
  const ending = new AbortController()
  const stored = signpost()
  const hindered = signpost()
  const waiting = (hindrance: Hindrance): void => {
    if (found.hindrance?.detail !== hindrance.detail) options.log(`${hindrance.code}: ${hindrance.detail}`)
    found.hindrance = hindrance
    hindered.reached()
  }
  const closing: (() => unknown)[] = []
  const steps = {
    options,
    found,
    closing,
    waiting,
    stored: stored.reached,
    hindered: hindered.reached,
    signal: ending.signal,
  }
  const done = openAll(steps)
  const settled = done.then(
    () => undefined,
    () => undefined,
  )
  const close = async (): Promise<void> => {
    ending.abort()
    if (found.write === null) await found.projecting?.close()
    await settled
    for (const one of closing.splice(0).reverse()) await one()
  }
  return Object.assign(found, { done, stored: stored.passed, hindered: hindered.passed, close })
}

interface Steps {
  readonly options: OpeningOptions
  readonly found: Found
  /** How each part is closed, the last one first. */
  readonly closing: (() => unknown)[]
  readonly waiting: (hindrance: Hindrance) => void
  readonly stored: () => void
  readonly hindered: () => void
  readonly signal: AbortSignal
}

const openAll = async (steps: Steps): Promise<void> => {
  const { options, found, closing, waiting, signal } = steps
  const { config, clock, log, secrets, gateway } = options
  const writeModel = join(config.data, 'write-model.db')
  for (const file of filesIn(config, writeModel)) createFolder(dirname(file))
  // Another process that appends to a SQLite store there cannot be, and EventStoreDB tells by itself.
  const wakes = config.events.kind === 'sqlite' && config.role === 'all'
  const channel = wakes ? new MessageChannel() : null
  const store = config.role === 'projector' ? null : await openStore(steps, channel?.port2 ?? null)
  if (store !== null) {
    // A second process with this data folder, and another event store or one on a server.
    const held = await insist(async () => lock(filesOf(writeModel)), { passes: isFull, waiting, signal })
    closing.push(() => held.close())
  }
  found.hindrance = null
  steps.stored()
  const projecting = startProjecting(
    {
      events: config.events,
      views: config.views,
      projects: config.role !== 'api',
      writeModel: store === null ? null : writeModel,
      lazy: wakes && config.views.kind === 'sqlite',
      committed: channel?.port1 ?? null,
    },
    {
      onPassed: options.passed,
      onFlushed: (leaf) => found.write?.loop.flushed(leaf),
      onTrouble: steps.hindered,
      log,
    },
  )
  found.projecting = projecting
  closing.push(() => projecting.close())
  const from = await projecting.started
  if (store === null) return
  const write = await openWriteSide({
    config,
    store,
    file: writeModel,
    from,
    decode,
    clock,
    log,
    secrets,
    gateway,
    waiting,
    signal,
  })
  closing.push(() => write.close())
  found.write = write
  found.hindrance = null
}

const openStore = async (steps: Steps, committed: MessagePort | null): Promise<EventStore> => {
  const { options, found, closing, waiting, hindered, signal } = steps
  const { config, clock, log } = options
  const said = (message: string): void => {
    log(message)
    // While it is opened, SQLite waits by itself and says why: `disk_full: …`. Afterwards the store is asked for its trouble.
    const waits = found.store === null ? /^([a-z_]+): (.*)$/s.exec(message) : null
    if (waits === null) return
    const [, code = '', detail = ''] = waits
    found.hindrance = { code, detail }
    hindered()
  }
  const open = (): Promise<EventStore> =>
    openEventStore(config.events, { acceptLog: config.acceptLog, committed, log: said, clock, signal })
  const store = await insist(open, { passes: (error) => error instanceof StoreUnreachable, waiting, signal })
  found.store = store
  closing.push(() => store.close())
  return store
}

const filesIn = ({ events, views }: Config, writeModel: string): readonly string[] =>
  [events, views].flatMap((location) => (location.kind === 'sqlite' ? [location.path] : [])).concat(writeModel)

const signpost = (): { readonly passed: Promise<void>; reached(): void } => {
  let reached: () => void
  const passed = new Promise<void>((resolve) => {
    reached = resolve
  })
  return { passed, reached: () => reached() }
}
