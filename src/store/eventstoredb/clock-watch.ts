import { ANY, type EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { NO_DEADLINE } from './client.js'
import type { Names } from './names.js'
import type { Reader } from './reader.js'

/** How far our clock and the store's may differ, in milliseconds. */
const TOLERANCE = 5_000
/** Probes that the store keeps. */
const KEPT = 100

export interface ClockParts {
  readonly client: () => Promise<EventStoreDBClient>
  readonly reader: Reader
  readonly names: Names
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly randomId: () => string
  readonly log: (message: string) => void
  /** Milliseconds between two probes, and while the last one failed or told of a wrong clock. */
  readonly every: number
  readonly soon: number
}

/**
 * Compares our clock with the store's on an event of our own, at the start and then every so often: the store must have written it between
 * the sending and the answer. One wrong clock would freeze the past: nothing may be recorded before what lies there.
 */
export class ClockWatch {
  readonly #parts: ClockParts
  #wrong: string | null = null
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(parts: ClockParts) {
    this.#parts = parts
  }

  /** Why nothing may be written now, or `null`. */
  get wrong(): string | null {
    return this.#wrong
  }

  /** Compares once, and from then on by itself. Rejects when the first comparison cannot be made. */
  async start(): Promise<void> {
    await this.#bound()
    await this.#compare()
    this.#again(this.#wrong === null)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #again(well: boolean): void {
    if (this.#closed) return
    const { every, soon } = this.#parts
    this.#timer = setTimeout(
      () => {
        this.#compare().then(
          () => this.#again(this.#wrong === null),
          () => this.#again(false),
        )
      },
      well ? every : soon,
    )
    this.#timer.unref()
  }

  /** Probes are no history: the store keeps the last ones only. */
  async #bound(): Promise<void> {
    const { client, names } = this.#parts
    const store = await client()
    const { metadata } = await store.getStreamMetadata(names.clock)
    if (metadata?.maxCount === KEPT) return
    await store.setStreamMetadata(names.clock, { maxCount: KEPT }, { deadline: NO_DEADLINE })
  }

  async #compare(): Promise<void> {
    const { client, reader, names, clock, randomId } = this.#parts
    const store = await client()
    const probe = jsonEvent({ id: randomId(), type: 'ClockProbed.v1', data: {} })
    const sent = clock()
    const options = { expectedRevision: ANY, requiresLeader: true, deadline: NO_DEADLINE } as const
    const { nextExpectedRevision } = await store.appendToStream(names.clock, probe, options)
    const answered = clock()
    const from = Number(nextExpectedRevision)
    const [found] = await reader.raw(names.clock, { direction: 'forwards', from, max: 1 })
    if (found?.id !== probe.id) return
    const before = this.#wrong
    this.#wrong = wrongBy(sent, found.created, answered)
    if (this.#wrong !== null && before === null) this.#parts.log(`clock: ${this.#wrong}`)
    if (this.#wrong === null && before !== null) this.#parts.log('the clock is right again')
  }
}

/** `null`: not at all. */
const wrongBy = (sent: number, created: number, answered: number): string | null => {
  const off = created < sent ? sent - created : created > answered ? created - answered : 0
  if (off <= TOLERANCE) return null
  return `our clock is ${Math.round(off / 1000)} s ${created < sent ? 'ahead of' : 'behind'} the event store's; set both right`
}
