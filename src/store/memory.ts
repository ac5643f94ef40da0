import { DiskFull, OutcomeUnknown, StoreClosed, WrongExpectedRevision } from './errors.js'
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
import { Subscriptions } from './subscriptions.js'

export interface AppendRequest {
  readonly stream: string
  readonly expected: number
  readonly events: readonly NewEvent[]
}

/**
 * What happens to an append: `twice` is a network that delivers it two times; the `unknown-…` ones are stored or lost, and answer neither;
 * `wrong-revision` and `disk-full` refuse it without a reason.
 */
export type Fault = 'ok' | 'twice' | 'unknown-stored' | 'unknown-lost' | 'wrong-revision' | 'disk-full'

export interface MemoryOptions {
  /** The store's name to its checkpoints. */
  readonly epoch?: string
  /** Asked before every append; a promise delays that append alone. */
  readonly before?: (append: AppendRequest) => Fault | Promise<Fault>
}

/** Several of them share one log, as processes share a server. */
export interface MemoryEventStore extends EventStore {
  /** Another process's store of the same log, with faults of its own. */
  sibling(options?: Pick<MemoryOptions, 'before'>): MemoryEventStore
}

interface SharedLog {
  readonly epoch: string
  readonly events: RecordedEvent[]
  readonly streams: Map<string, RecordedEvent[]>
  readonly readers: Set<Subscriptions>
}

/** A store for tests and trials: deterministic, gone with the process. */
export const createMemoryEventStore = ({ epoch = 'memory', before }: MemoryOptions = {}): MemoryEventStore =>
  new MemoryStore({ epoch, events: [], streams: new Map(), readers: new Set() }, before)

class MemoryStore implements MemoryEventStore {
  readonly epoch: string
  readonly #log: SharedLog
  readonly #before: MemoryOptions['before']
  readonly #subscriptions: Subscriptions
  readonly #underWay = new Set<Promise<Appended>>()
  #closed = false
  #trouble: StoreTrouble | null = null

  constructor(log: SharedLog, before: MemoryOptions['before']) {
    this.epoch = log.epoch
    this.#log = log
    this.#before = before
    this.#subscriptions = new Subscriptions((options) => this.#page(options), null)
    log.readers.add(this.#subscriptions)
  }

  sibling({ before }: Pick<MemoryOptions, 'before'> = {}): MemoryEventStore {
    return new MemoryStore(this.#log, before)
  }

  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    checkSize(events)
    this.#assertOpen()
    const appended = this.#append({ stream, expected, events })
    this.#underWay.add(appended)
    try {
      return await appended
    } finally {
      this.#underWay.delete(appended)
    }
  }

  trouble(): StoreTrouble | null {
    return this.#trouble
  }

  async readStream(stream: string, { direction, from, max }: ReadStream): Promise<readonly RecordedEvent[]> {
    this.#assertOpen()
    const events = this.#log.streams.get(stream) ?? []
    if (direction === 'forwards') return events.slice(from ?? 0, (from ?? 0) + max)
    return events
      .slice(0, (from ?? events.length) + 1)
      .slice(-max)
      .reverse()
  }

  async readLog(options: ReadLog): Promise<readonly RecordedEvent[]> {
    this.#assertOpen()
    return this.#page(options)
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    this.#assertOpen()
    return this.#log.events[position - 1]
  }

  subscribe(options: Subscribe): AsyncIterable<readonly RecordedEvent[]> {
    return this.#subscriptions.subscribe(options)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#subscriptions.close()
    this.#log.readers.delete(this.#subscriptions)
    await Promise.allSettled(this.#underWay)
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreClosed('the store was closed')
  }

  #page({ after, max }: ReadLog): RecordedEvent[] {
    return this.#log.events.slice(after ?? 0, (after ?? 0) + max)
  }

  async #append(request: AppendRequest): Promise<Appended> {
    const fault = this.#before?.(request) ?? 'ok'
    switch (typeof fault === 'string' ? fault : await fault) {
      case 'ok':
        return this.#store(request)
      case 'twice':
        this.#store(request)
        return this.#store(request)
      case 'unknown-stored':
        this.#store(request)
        throw new OutcomeUnknown('the answer was lost')
      case 'unknown-lost':
        throw new OutcomeUnknown('the request was lost')
      case 'wrong-revision':
        throw new WrongExpectedRevision(request.stream, request.expected, this.#last(request.stream))
      case 'disk-full':
        this.#trouble = { code: 'disk_full', detail: 'the disk is said to be full' }
        throw new DiskFull('nothing was stored: the disk is said to be full')
    }
  }

  #last(stream: string): number {
    return (this.#log.streams.get(stream) ?? []).length - 1
  }

  #store({ stream, expected, events }: AppendRequest): Appended {
    const lying = this.#log.streams.get(stream) ?? []
    const there = lying.slice(expected + 1, expected + 1 + events.length)
    const last = there.at(-1)
    if (last !== undefined && there.length === events.length && there.every(({ id }, i) => id === events[i]?.id)) {
      return { revision: last.revision, position: last.position }
    }
    if (expected !== lying.length - 1) throw new WrongExpectedRevision(stream, expected, lying.length - 1)
    for (const { id, type, data, metadata } of events) {
      const position = this.#log.events.length + 1
      const recorded = { id, type, data, metadata, stream, revision: lying.length, position }
      lying.push(recorded)
      this.#log.events.push(recorded)
    }
    this.#log.streams.set(stream, lying)
    this.#trouble = null
    for (const reader of this.#log.readers) reader.wake()
    return { revision: lying.length - 1, position: this.#log.events.length }
  }
}
