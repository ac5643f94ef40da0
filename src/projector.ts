/** The following thread: follows the log; keeps the views, the write model's file, or both. An entry of its own. */
import { randomUUID } from 'node:crypto'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { catalogue, upcasts } from '../events/catalogue.js'
import { codeOf, reasonOf } from './follower/batch.js'
import { createPace } from './follower/pace.js'
import { createProjector, type Projector } from './follower/projector.js'
import { createWanted } from './follower/wanted.js'
import { insist } from './insisting.js'
import { projections } from './projections/projections.js'
import { type RebuildEnd, rebuildEach } from './reports/rebuild.js'
import { inTurn } from './reports/rebuild-turn.js'
import { createDecoder } from './store/decode.js'
import { StoreUnreachable, StoreUnreadable } from './store/errors.js'
import type { EventLog } from './store/port.js'
import { createEar } from './store/sqlite/bell.js'
import { openEventLog, openViewStore } from './stores.js'
import type { FollowerState, FromProjector, Hindrance, ProjectorData, ToProjector } from './thread.js'
import type { ViewStore } from './views/port.js'
import { openWriteModel, type WriteModel } from './write-model.js'

const port = parentPort
/* c8 ignore next -- nobody starts it but as a thread */
if (port === null) throw new Error('this file is the entry of a thread')
const data: ProjectorData = workerData
const say = (message: FromProjector): void => port.postMessage(message)

const STATE_EVERY = 100

/** Whoever answers requests comes first; but no more than so: with 5 the views fell behind where others want the processors too. */
const NICE = 2
/* c8 ignore next 7 -- only on Linux it is that of a thread, and a sandbox may refuse it: then nobody yields */
if (data.lazy && process.platform === 'linux') {
  try {
    setPriority(NICE)
  } catch (error) {
    say({ kind: 'say', message: `the following thread keeps its priority: ${reasonOf(error)}` })
  }
}

const ending = new AbortController()
const { signal } = ending
const rebuilds = new AbortController()
const decode = createDecoder(catalogue, upcasts)
const pause = (milliseconds: number, until: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal: until }).catch(() => undefined)

/** What is told of now and then. */
let events: Hindrance | null = null
let followers: () => readonly FollowerState[] = () => []
const tell = (): void => say({ kind: 'state', events, followers: followers() })

/** A process that only projects may be started before the store is made. */
const passes = (error: unknown): boolean =>
  error instanceof StoreUnreachable || (data.writeModel === null && error instanceof StoreUnreadable)

const now = (): number => performance.now()
/* c8 ignore next -- views on a server are the affair of the tests that start one */
const holder = data.views.kind === 'sqlite' ? null : randomUUID()

/* c8 ignore next -- nobody looks at a log that is not open */
let look = (): void => undefined
const pace = createPace({ now, paced: () => lazy(), look: () => look() })
const ear = createEar(() => data.committed?.postMessage(null))
const waking = (wake: () => void): void => {
  look = () => {
    ear.looks()
    wake()
  }
  data.committed?.on('message', () => {
    ear.rung()
    pace.grown()
  })
}

/* c8 ignore next -- nobody wants what was never told of */
let store = (_projection: string): Promise<void> => Promise.resolve()
const wanted = createWanted({ hurry: pace.hurry, store: (projection) => void store(projection) })

/** Told in one message of all that have passed a batch in one go. */
let leaves = new Map<string, number>()
let stored = new Map<string, number>()
const onCheckpoint = (projection: string, leaf: number, without: number): void => {
  if (leaves.size === 0) process.nextTick(tellPassed)
  leaves.set(projection, leaf)
  if (without < leaf) stored.set(projection, without)
  else stored.delete(projection)
  wanted.passed(projection, leaf)
}
const tellPassed = (): void => {
  say({ kind: 'passed', leaves, stored })
  leaves = new Map()
  stored = new Map()
}

const openLog = async (): Promise<EventLog> => {
  const waiting = (hindrance: Hindrance): void => {
    events = hindrance
    tell()
  }
  const log = (message: string): void => say({ kind: 'say', message })
  const opened = await insist(() => openEventLog(data.events, { waking, log }), {
    passes,
    waiting,
    signal,
  })
  events = null
  return opened
}

const openBooks = (log: EventLog, path: string): Promise<WriteModel> => {
  const waiting = (trouble: Hindrance): void => {
    followers = () => [{ name: 'write-model', leaf: -1, trouble, doing: 'opening' }]
    tell()
  }
  const onFlushed = (leaf: number): void => say({ kind: 'flushed', leaf })
  return openWriteModel({ path, log, decode, onFlushed, waiting, signal })
}

const follow = (log: EventLog, views: ViewStore, consumer: WriteModel['consumer'] | undefined): Projector => {
  const projector = createProjector({
    log,
    decode,
    views,
    sleep: pause,
    lazy,
    projections: data.projects ? projections : [],
    consumers: consumer === undefined ? [] : [consumer],
    onCheckpoint,
    holder,
    now,
  })
  followers = () =>
    projector.status().map(({ name, leaf, stopped, trouble, doing }) => {
      const wrong = stopped ?? trouble ?? (name === consumer?.name ? consumer.trouble : null)
      return { name, leaf, doing, trouble: wrong && { code: wrong.code, detail: wrong.reason } }
    })
  return projector
}

/** A rebuild holds the thread for long: then nobody should have to ask it for anything. */
let busy = false
const lazy = (): boolean => data.lazy && !busy

type Rebuilding = Omit<Parameters<typeof rebuildEach>[1], 'progress' | 'signal'>

const rebuildNow = async (names: readonly string[], options: Rebuilding): Promise<void> => {
  busy = true
  for (const { name } of projections) void options.projector.store(name)
  const progress = (done: number, total: number): void => say({ kind: 'progress', done, total })
  const asked = projections.filter(({ name }) => names.includes(name))
  const turn = { ...options, holder, now, signal: rebuilds.signal }
  const end = await inTurn(turn, (signal) => rebuildEach(asked, { ...options, progress, signal })).then(
    (results): RebuildEnd => ({ kind: 'done', results }),
    (error: unknown): RebuildEnd => ({
      kind: 'failed',
      code: rebuilds.signal.aborted ? 'shutting_down' : codeOf(error, 'rebuild_failed'),
      detail: rebuilds.signal.aborted ? 'the server is stopping; the live build is as it was' : reasonOf(error),
    }),
  )
  busy = false
  say({ kind: 'rebuilt', end })
}

const NOT_YET: RebuildEnd = { kind: 'failed', code: 'not_ready', detail: 'the event store is not open yet' }

let rebuilding: Promise<void> = Promise.resolve()
let begin = (_names: readonly string[]): void => say({ kind: 'rebuilt', end: NOT_YET })
port.on('message', (message: ToProjector) => {
  if (message.kind === 'look') return pace.hurry()
  if (message.kind === 'store') return wanted.want(message.projection, message.leaf)
  if (message.kind === 'rebuild') return begin(message.projections)
  rebuilds.abort()
  if (message.kind === 'close') ending.abort()
})

const run = async (log: EventLog, closing: (() => unknown)[]): Promise<void> => {
  closing.push(() => log.close())
  const views = openViewStore(data.views, signal)
  closing.push(() => views.close())
  const books = data.writeModel === null ? null : await openBooks(log, data.writeModel)
  if (books !== null) closing.push(books.close)
  const projector = follow(log, views, books?.consumer)
  begin = (names) => {
    rebuilding = rebuildNow(names, { log, decode, views, sleep: pause, lazy, projector })
  }
  store = projector.store
  tell()
  say({ kind: 'ready', ...(books?.start ?? { position: null, leaf: -1, recordedAt: '' }) })
  await projector.run(signal)
  await rebuilding
}

const telling = setInterval(tell, STATE_EVERY)
const closing: (() => unknown)[] = []
try {
  await run(await openLog(), closing)
} catch (error) {
  if (!signal.aborted) throw error
} finally {
  clearInterval(telling)
  tell()
  for (const close of closing.reverse()) await close()
  data.committed?.close()
}
port.close()
