import { setMaxListeners } from 'node:events'
import { ClockRefused, StoreClosed } from './errors.js'
import { Appender } from './eventstoredb/appender.js'
import { connect, Link } from './eventstoredb/client.js'
import { ClockWatch } from './eventstoredb/clock-watch.js'
import { epochOf } from './eventstoredb/epoch.js'
import { Health } from './eventstoredb/health.js'
import { type Names, namesOf } from './eventstoredb/names.js'
import { outgoing, weigh } from './eventstoredb/outgoing.js'
import { Reader } from './eventstoredb/reader.js'
import { follow } from './eventstoredb/subscription.js'
import { checkSize } from './limits.js'
import type {
  Appended,
  EventLog,
  EventStore,
  NewEvent,
  Position,
  ReadLog,
  ReadStream,
  RecordedEvent,
  StoreTrouble,
  Subscribe,
} from './port.js'

export interface EventStoreDbOptions {
  /** `esdb://…`; may hold a password, which is shown nowhere. */
  readonly connection: string
  /** What our streams' names begin with on the server; letters, digits, `.`, `_`, `-`. No other ledger's may begin with it. */
  readonly prefix: string
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  readonly times?: Partial<Times>
}

/** All in milliseconds. */
export interface Times {
  /** Without an answer: an append is in doubt, a read begins again. */
  readonly deadline: number
  /** After which a read that fails gives up; also those of opening. */
  readonly patience: number
  /** Of a subscription, after which the log is asked whether it should be so. */
  readonly silence: number
  /** Between two comparisons of clocks. */
  readonly probe: number
  /** Until the next one after a comparison that failed or went ill. */
  readonly probeSoon: number
}

const TIMES: Times = { deadline: 5_000, patience: 5_000, silence: 15_000, probe: 60_000, probeSoon: 2_000 }

/**
 * The log of an EventStoreDB for a thread or process that only reads. Rejects with `StoreUnreachable` when the server does not answer, and
 * with `StoreUnreadable` where the connection string or the prefix cannot be used, or the server refuses us.
 */
export const openEventStoreDbLog = async (options: EventStoreDbOptions): Promise<EventLog> => {
  const log = new Log(options)
  const link = new Link(options.connection)
  try {
    await log.begin(() => log.appender(link))
  } catch (error) {
    await log.close()
    await link.dispose()
    throw error
  }
  await link.dispose()
  return log
}

/** The whole store, for any number of processes. Rejects as `openEventStoreDbLog` does. */
export const openEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStore> => {
  const store = new Store(options)
  try {
    await store.open()
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

/** The reading half: a client of its own, so that no trouble of a subscription strikes an append. */
class Log implements EventLog {
  epoch = ''
  protected readonly names: Names
  protected readonly health: Health
  protected readonly times: Times
  protected readonly reader: Reader
  readonly #client: ReturnType<typeof connect>
  readonly #closing = new AbortController()
  readonly #random: () => number

  constructor({ connection, prefix, log, random = Math.random, times }: EventStoreDbOptions) {
    this.health = new Health(log)
    this.names = namesOf(prefix)
    this.times = { ...TIMES, ...times }
    this.#client = connect(connection)
    this.#random = random
    const { names, health } = this
    const { deadline, patience } = this.times
    const closing = this.#closing.signal
    // One for each read under way.
    setMaxListeners(0, closing)
    this.reader = new Reader({ client: this.#client, names, health, random, deadline, patience, closing })
  }

  /** Reads the epoch, or draws it. */
  async begin(appender: () => Appender): Promise<void> {
    this.epoch = await epochOf({ reader: this.reader, names: this.names, appender })
  }

  appender(link: Link): Appender {
    const { health, reader } = this
    return new Appender({ link, health, reader, deadline: this.times.deadline })
  }

  async readStream(stream: string, options: ReadStream): Promise<readonly RecordedEvent[]> {
    return this.reader.stream(stream, options)
  }

  async readLog(options: ReadLog): Promise<readonly RecordedEvent[]> {
    return this.reader.log(options)
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.reader.eventAt(position)
  }

  subscribe(options: Subscribe): AsyncIterable<readonly RecordedEvent[]> {
    const { reader, names, health } = this
    const { silence } = this.times
    const closing = this.#closing.signal
    return follow({ client: this.#client, reader, names, health, random: this.#random, silence, closing }, options)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#client.dispose()
  }
}

class Store extends Log implements EventStore {
  readonly #link: Link
  readonly #appender: Appender
  readonly #clock: ClockWatch
  #closing: Promise<void> | null = null

  constructor(options: EventStoreDbOptions) {
    super(options)
    const { names, reader } = this
    const { probe: every, probeSoon: soon } = this.times
    const { clock = Date.now, log } = options
    this.#link = new Link(options.connection)
    this.#appender = this.appender(this.#link)
    this.#clock = new ClockWatch({ appender: this.#appender, reader, names, clock, log, every, soon })
  }

  /** The first appends on a connection are few: a hundred at once have been seen to hang. */
  async open(): Promise<void> {
    await this.begin(() => this.#appender)
    await this.#clock.start()
  }

  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    checkSize(events)
    if (this.#closing !== null) throw new StoreClosed('the store was closed')
    // What may be stored already was decided when the clock was right.
    if (this.#clock.wrong !== null && !this.#appender.inDoubt(stream)) throw new ClockRefused(this.#clock.wrong)
    const stored = this.names.stored(stream)
    const job = { stored, stream, expected, events: events.map(outgoing), bytes: weigh(events) }
    return this.#appender.append(job).catch((error: unknown) => {
      if (error instanceof ClockRefused) this.#clock.refused(error.message)
      throw error
    })
  }

  trouble(): StoreTrouble | null {
    const unreachable = this.health.trouble
    if (unreachable !== null) return { code: 'store_unreachable', detail: unreachable }
    return this.#clock.wrong === null ? null : { code: 'clock', detail: this.#clock.wrong }
  }

  override close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#clock.close()
    await this.#appender.drain()
    await super.close()
    await this.#link.dispose()
  }
}
