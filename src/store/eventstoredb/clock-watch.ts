import { randomUUID } from 'node:crypto'
import { ClockRefused, StoreUnreachable } from '../errors.js'
import type { Appended } from '../port.js'
import type { Appender } from './appender.js'
import { detailOf } from './health.js'
import type { Names } from './names.js'
import { outgoing } from './outgoing.js'
import type { Reader } from './reader.js'

/** How far our clock and the store's may differ, in milliseconds. */
const TOLERANCE = 5_000
/** Probes are no history: the store keeps this many. */
const KEPT = '{"$maxCount":100}'

export interface ClockParts {
  readonly appender: Appender
  readonly reader: Reader
  readonly names: Names
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly log: (message: string) => void
  /** Milliseconds between two probes, and after one that failed or told of a wrong clock. */
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
  #bounded = false
  /** Between our clock and one that nobody sets, at the last comparison. */
  #offset = Number.NaN

  constructor(parts: ClockParts) {
    this.#parts = parts
  }

  /** Why nothing may be written now, or `null`. */
  get wrong(): string | null {
    const set = this.#parts.clock() - performance.now() - this.#offset
    if (Math.abs(set) > TOLERANCE)
      this.refused(`our clock was set by ${Math.round(set / 1000)} s; it is compared with the event store's again`)
    return this.#wrong
  }

  /** Compares once, and from then on by itself. Rejects with `StoreUnreachable` when the first comparison cannot be made. */
  async start(): Promise<void> {
    try {
      await this.#compare()
    } catch (error) {
      throw new StoreUnreachable(`the event store takes no append: ${detailOf(error)}`)
    }
    this.#again(this.#wrong === null)
  }

  /** The clock is not trusted any more: nothing may be written until a comparison goes well. */
  refused(why: string): void {
    if (this.#wrong !== null) return
    this.#learn(why)
    this.#again(false)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #again(well: boolean): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    const { every, soon } = this.#parts
    const next = (): void => {
      this.#compare().then(
        () => this.#again(this.#wrong === null),
        () => this.#again(false),
      )
    }
    this.#timer = setTimeout(next, well ? every : soon).unref()
  }

  async #bound(): Promise<void> {
    if (this.#bounded) return
    const { reader, names } = this.#parts
    const metadata = `$$${names.clock}`
    const [found] = await reader.raw(metadata, { direction: 'backwards', max: 1 })
    if (found?.data !== KEPT) await this.#append(metadata, '$metadata', KEPT)
    this.#bounded = true
  }

  #append(stored: string, type: string, data: string, id = randomUUID()): Promise<Appended> {
    const event = outgoing({ id, type, data, metadata: '{}' })
    return this.#parts.appender.append({ stored, stream: stored, expected: 'any', events: [event], bytes: data.length })
  }

  async #compare(): Promise<void> {
    try {
      await this.#bound()
      await this.#probe()
    } catch (error) {
      if (!(error instanceof ClockRefused)) throw error
      this.#learn(error.message)
    }
  }

  async #probe(): Promise<void> {
    const { reader, names, clock } = this.#parts
    const id = randomUUID()
    const sent = clock()
    const { revision } = await this.#append(names.clock, 'ClockProbed.v1', '{}', id)
    const answered = clock()
    this.#offset = answered - performance.now()
    const [found] = await reader.raw(names.clock, { direction: 'forwards', from: revision, max: 1 })
    if (found?.id === id) this.#learn(wrongBy(sent, found.created, answered))
  }

  #learn(wrong: string | null): void {
    if (wrong !== null && this.#wrong === null) this.#parts.log(`clock: ${wrong}`)
    if (wrong === null && this.#wrong !== null) this.#parts.log('the clock is right again')
    this.#wrong = wrong
  }
}

/** `null`: not at all. */
const wrongBy = (sent: number, created: number, answered: number): string | null => {
  const off = Math.max(sent - created, created - answered)
  if (off <= TOLERANCE) return null
  return `our clock is ${Math.round(off / 1000)} s ${created < sent ? 'ahead of' : 'behind'} the event store's; set both right`
}
