/** The projecting thread: follows the log, keeps the views and the write model's file. An entry of its own; chooses its adapters. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { catalogue, upcasts } from '../events/catalogue.js'
import { BookConsumer, matchesLog } from './commands/book-consumer.js'
import { BookWriter } from './commands/book-writer.js'
import { codeOf, reasonOf } from './follower/batch.js'
import { catchUp, StoppedAtEvent } from './follower/catch-up.js'
import { createProjector, type Projector } from './follower/projector.js'
import { ledger } from './projections/ledger.js'
import { type RebuildEnd, rebuild } from './reports/rebuild.js'
import { openDisposable } from './sqlite/disposable.js'
import { createDecoder } from './store/decode.js'
import { openSqliteEventLog } from './store/sqlite.js'
import type { FromProjector, ProjectorData, ToProjector } from './thread.js'
import { openSqliteViewStore } from './views/sqlite.js'

const port = parentPort
/* c8 ignore next -- nobody starts it but as a thread */
if (port === null) throw new Error('this file is the entry of a thread')
const data: ProjectorData = workerData
const say = (message: FromProjector): void => port.postMessage(message)

const LAYOUT = 'write-model-1'
const STATE_EVERY = 100

const decode = createDecoder(catalogue, upcasts)
const log = await openSqliteEventLog({ path: data.events })
const views = openSqliteViewStore({ path: data.views })
const ending = new AbortController()
const { signal } = ending
const rebuilds = new AbortController()
const pause = (milliseconds: number, until: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal: until }).catch(() => undefined)

/** The file of the write model; begun anew where it speaks of another log. */
const openBooks = async () => {
  const file = openDisposable({ path: data.writeModel, layout: LAYOUT })
  const writer = new BookWriter(file.database)
  if (writer.flushed === null || (await matchesLog(log, writer.flushed))) return { file, writer }
  writer.clear()
  return { file, writer }
}

const { file, writer } = await openBooks()
const books = new BookConsumer({
  writer,
  epoch: log.epoch,
  now: () => performance.now(),
  onFlushed: (leaf) => say({ kind: 'flushed', leaf }),
})
await catchUp({ log, decode, consumer: books, signal }).catch((error: unknown) => {
  // Whoever follows the log stops at such an event, and shows it.
  /* c8 ignore next -- else the disk fails under it: the thread ends, and the start says so */
  if (!(error instanceof StoppedAtEvent)) throw error
})
writer.flush()

const projector: Projector = createProjector({
  log,
  decode,
  views,
  sleep: pause,
  projections: [ledger],
  consumers: [books],
  onCheckpoint: (projection, passed) => say({ kind: 'passed', projection, leaf: passed }),
})

const tell = (): void => {
  const followers = projector.status().map(({ name, leaf: reached, stopped, trouble }) => {
    const wrong = stopped ?? trouble ?? (name === books.name ? books.trouble : null)
    return { name, leaf: reached, trouble: wrong && { code: wrong.code, detail: wrong.reason } }
  })
  say({ kind: 'state', followers })
}
tell()
const { position, leaf, recordedAt } = writer.flushed ?? { position: null, leaf: -1, recordedAt: '' }
say({ kind: 'ready', position, leaf, recordedAt })
const telling = setInterval(tell, STATE_EVERY)

const rebuildNow = async (): Promise<void> => {
  const options = { log, decode, views, sleep: pause, projection: ledger, projector, signal: rebuilds.signal }
  const progress = (done: number, total: number): void => say({ kind: 'progress', done, total })
  const end = await rebuild({ ...options, progress }).then(
    (result): RebuildEnd => ({ kind: 'done', result }),
    (error: unknown): RebuildEnd => ({
      kind: 'failed',
      code: rebuilds.signal.aborted ? 'shutting_down' : codeOf(error, 'rebuild_failed'),
      detail: rebuilds.signal.aborted ? 'the server is stopping; the live build is as it was' : reasonOf(error),
    }),
  )
  say({ kind: 'rebuilt', end })
}

let rebuilding: Promise<void> = Promise.resolve()
const handlers: Readonly<Record<ToProjector['kind'], () => void>> = {
  rebuild: () => {
    rebuilding = rebuildNow()
  },
  'stop-rebuilds': () => rebuilds.abort(),
  close: () => {
    rebuilds.abort()
    ending.abort()
  },
}
data.committed?.on('message', () => log.wake())
port.on('message', ({ kind }: ToProjector) => handlers[kind]())

await projector.run(signal)
await rebuilding
clearInterval(telling)
tell()
books.close()
file.close()
await views.close()
await log.close()
data.committed?.close()
port.close()
