import { randomUUID } from 'node:crypto'
import { type MessagePort, Worker } from 'node:worker_threads'
import {
  DiskFull,
  OutcomeUnknown,
  StoreClosed,
  StoreDamaged,
  type StoreError,
  StoreLocked,
  StoreStopped,
  StoreUnreadable,
} from './errors.js'
import { checkSize } from './limits.js'
import type {
  Appended,
  EventStore,
  NewEvent,
  Position,
  ReadLog,
  ReadStream,
  RecordedEvent,
  StoreTrouble,
  Subscribe,
} from './port.js'
import type { Connection } from './sqlite/connection.js'
import { openReader } from './sqlite/log.js'
import type { FromCheckpointer, FromWriter, WriterData } from './sqlite/messages.js'
import { type Pending, recordedEvents, settle, takeBatch } from './sqlite/pending.js'
import type { Reader } from './sqlite/reader.js'
import { Subscriptions } from './subscriptions.js'

export { openSqliteEventLog, type WakeableEventLog } from './sqlite/log.js'

export interface SqliteOptions {
  /** `…/events.db`; its folder must exist. */
  readonly path: string
  /** An operator's word that the log is right and its high-water mark wrong. */
  readonly acceptLog?: boolean
  /** Gets a message when the log has grown: the other end is for a thread that follows the log by reading it, and says so each time. */
  readonly committed?: MessagePort | null
  /** Told why opening takes long (`disk_full: …`), and what was accepted. */
  readonly log: (message: string) => void
  /** Gives up an opening that waits; what is open it does not touch. */
  readonly signal?: AbortSignal
}

/**
 * Opens the store for writing; one process at a time. While a full disk keeps the log from being proved it stays pending, says so, and tries again.
 * Rejects with `StoreLocked`, `StoreDamaged`, `StoreUnreadable`, and with `StoreClosed` where it was given up.
 */
export const openSqliteEventStore = async (options: SqliteOptions): Promise<EventStore> => {
  const { path, acceptLog = false, committed = null, log, signal } = options
  const data: WriterData = { path, acceptLog, freshEpoch: randomUUID(), committed }
  const transferList = committed === null ? [] : [committed]
  const writer = new Worker(new URL('./sqlite/writer.js', import.meta.url), { workerData: data, transferList })
  const giveUp = (): void => {
    void writer.terminate()
  }
  signal?.addEventListener('abort', giveUp, { once: true })
  await opened(writer, log)
  signal?.removeEventListener('abort', giveUp)
  writer.unref()
  const { db, reader } = openReader(path)
  const workerData = { path, epoch: reader.epoch }
  const checkpointer = new Worker(new URL('./sqlite/checkpointer.js', import.meta.url), { workerData })
  return new SqliteEventStore({ db, reader, writer, checkpointer, log })
}

const opened = (writer: Worker, log: (message: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let said: string | null = null
    writer.on('message', (message: FromWriter) => {
      if (message.kind === 'waiting' && message.detail !== said) {
        said = message.detail
        log(message.detail)
      }
      if (message.kind === 'refused') reject(refusal(message.code, message.detail))
      if (message.kind !== 'opened') return
      if (message.accepted !== null) log(`the log was accepted as it is: ${message.accepted}`)
      writer.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit')
      resolve()
    })
    writer.once('error', reject)
    writer.once('exit', () => reject(new StoreClosed('opening was given up')))
  })

const refusal = (code: string, detail: string): StoreError => {
  if (code === 'store_locked') return new StoreLocked(detail)
  return code === 'store_damaged' ? new StoreDamaged(detail) : new StoreUnreadable(detail)
}

interface Parts {
  readonly db: Connection
  readonly reader: Reader
  readonly writer: Worker
  readonly checkpointer: Worker
  readonly log: SqliteOptions['log']
}

/** Appends that wait no longer for those behind them: the writer works while this thread decides the next ones. */
const GROUP = 16

class SqliteEventStore implements EventStore {
  readonly epoch: string
  readonly #parts: Parts
  readonly #subscriptions: Subscriptions
  #waiting: Pending[] = []
  #atWriter: Pending[] = []
  #scheduled = false
  #trouble: StoreTrouble | null = null
  #closing: Promise<void> | null = null
  #ending = false
  #drained = (): void => {}

  constructor(parts: Parts) {
    this.#parts = parts
    this.epoch = parts.reader.epoch
    this.#subscriptions = new Subscriptions((options) => parts.reader.log(options), null)
    parts.writer.on('message', (message: FromWriter) => this.#answered(message))
    parts.checkpointer.on('message', ({ detail }: FromCheckpointer) => this.#stop(detail))
    for (const worker of [parts.writer, parts.checkpointer]) {
      worker.on('error', (error) => this.#stop(String(error)))
      /* c8 ignore next -- a thread of ours ends early only if the runtime itself fails */
      worker.on('exit', () => this.#ending || this.#stop('a thread of the store ended'))
      worker.unref()
    }
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      checkSize(events)
      if (this.#closing !== null) throw new StoreClosed('the store was closed')
      if (this.#trouble?.code === 'store_stopped') throw new StoreStopped(this.#trouble.detail)
      this.#waiting.push({ stream, expected, events, resolve, reject })
      if (this.#waiting.length >= GROUP) this.#send()
      else this.#schedule()
    })
  }

  trouble(): StoreTrouble | null {
    return this.#trouble
  }

  async readStream(stream: string, options: ReadStream): Promise<readonly RecordedEvent[]> {
    return this.#reader().stream(stream, options)
  }

  async readLog(options: ReadLog): Promise<readonly RecordedEvent[]> {
    return this.#reader().log(options)
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.#reader().at(position)
  }

  subscribe(options: Subscribe): AsyncIterable<readonly RecordedEvent[]> {
    return this.#subscriptions.subscribe(options)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #reader(): Reader {
    if (this.#closing !== null) throw new StoreClosed('the store was closed')
    return this.#parts.reader
  }

  /** After the continuations of those who were just answered: what they append leaves together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#waiting.length === 0) return
    if (this.#atWriter.length === 0) this.#parts.writer.ref()
    while (this.#waiting.length > 0) {
      const { taken, batch } = takeBatch(this.#waiting)
      this.#atWriter.push(...taken)
      this.#parts.writer.postMessage(batch)
    }
  }

  /** Those who were next at the writer. */
  #next(count: number): Pending[] {
    const taken = this.#atWriter.splice(0, count)
    if (this.#atWriter.length === 0) {
      this.#parts.writer.unref()
      if (this.#waiting.length === 0) this.#drained()
    }
    return taken
  }

  #answered(message: FromWriter): void {
    /* c8 ignore next -- an answer that crosses the checkpointer's error: nobody waits for it any more */
    if (this.#trouble?.code === 'store_stopped') return
    if (message.kind === 'answer') {
      const stored = settle(this.#next(message.results.length / 3), message.results)
      if (stored.length === 0) return
      if (this.#trouble?.code === 'disk_full') this.#space()
      if (this.#subscriptions.any) this.#subscriptions.deliver(recordedEvents(stored))
    } else if (message.kind === 'full') {
      if (this.#trouble === null) this.#parts.log(`disk_full: events: nothing is stored: ${message.detail}`)
      this.#trouble = { code: 'disk_full', detail: message.detail }
      for (const { reject } of this.#next(message.appends))
        reject(new DiskFull(`nothing was stored: ${message.detail}`))
      /* c8 ignore next -- the other kinds come only while the store opens */
    } else if (message.kind === 'failed') {
      this.#stop(message.detail)
    }
  }

  #space(): void {
    this.#trouble = null
    this.#parts.log('events goes on')
  }

  /** For good: after such an error nothing that the disk says may be believed. */
  #stop(detail: string): void {
    /* c8 ignore next -- both threads may fail, in either order */
    if (this.#trouble?.code === 'store_stopped') return
    this.#trouble = {
      code: 'store_stopped',
      detail: `the store accepts nothing until the process starts again: ${detail}`,
    }
    for (const { reject } of [...this.#atWriter, ...this.#waiting]) {
      reject(new OutcomeUnknown(`stored or not, a new start will show: ${detail}`))
    }
    this.#atWriter = []
    this.#waiting = []
    this.#drained()
  }

  async #close(): Promise<void> {
    this.#subscriptions.close()
    if (this.#atWriter.length + this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    this.#ending = true
    const { db, writer, checkpointer } = this.#parts
    await end(checkpointer, this.#trouble?.code !== 'store_stopped')
    db.close()
    await end(writer, null)
  }
}

/** Sends a thread its last message and waits until it is gone. */
const end = (worker: Worker, message: unknown): Promise<void> =>
  new Promise((resolve) => {
    /* c8 ignore next -- a thread that failed is gone already */
    if (worker.threadId === -1) return resolve()
    worker.once('exit', () => resolve())
    worker.ref()
    worker.postMessage(message)
  })
