import { latest } from '../ledger/time.js'
import { Unavailable } from './port.js'

const TOLERANCE = 5_000

export interface ClockOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** A clock that is behind the log is accepted: time stands still until it has passed it. */
  readonly acceptClock: boolean
  /** How far behind the last `recordedAt` the clock may be, in milliseconds; left out: 5 s. */
  readonly tolerance?: number
}

/** The time at which commands are decided: our clock's, compared with the log's. */
export class Clock {
  readonly #options: ClockOptions
  #latest: string
  /** What the clock said last: many commands come within one millisecond. */
  #read = { at: Number.NaN, text: '' }

  /** `latest`: the latest `recordedAt` of the log so far. */
  constructor(options: ClockOptions, latest: string) {
    this.#options = options
    this.#latest = latest
  }

  /** An event of the log. */
  saw(recordedAt: string): void {
    this.#latest = latest(this.#latest, recordedAt)
  }

  /** Throws `Unavailable` while the clock is too far behind the log. */
  now(): string {
    const at = this.#options.clock()
    if (at !== this.#read.at) this.#read = { at, text: new Date(at).toISOString() }
    const { text } = this.#read
    if (this.#latest <= text) return text
    const behind = this.#behind(at)
    if (behind === null) return text
    if (this.#options.acceptClock) return this.#latest
    throw new Unavailable('clock', behind)
  }

  /** Why nothing can be decided now, or `null`. */
  get wrong(): string | null {
    return this.#options.acceptClock ? null : this.#behind(this.#options.clock())
  }

  #behind(at: number): string | null {
    const { tolerance = TOLERANCE } = this.#options
    const behind = Date.parse(this.#latest) - at
    return behind > tolerance ? `the clock is ${Math.ceil(behind / 1000)} s behind the last event` : null
  }
}
