import type { LedgerEvent, StreamEvent } from '../../events/envelope.js'
import type { EventLog, RecordedEvent } from '../store/port.js'

/** How far the write side has come in the log. */
export interface Reached {
  /** `null` before the first event. */
  readonly position: number | null
  /** Of the last event applied; -1 before the first. */
  readonly leaf: number
}

/** A page of the catch-up; one that is not full proves the end. */
const PAGE = 1000

/**
 * Brings the log to the write side: from the subscription as it comes, and from pages where somebody cannot wait.
 * Both feed the same place; what was applied is skipped by its position.
 */
export class Feed {
  readonly #log: EventLog
  readonly #typed: (recorded: RecordedEvent) => StreamEvent
  readonly #apply: (event: LedgerEvent) => void
  #position: number | null
  #leaf: number
  /** What it stopped at: an event that cannot be decoded (nothing is skipped), or a log that cannot be followed. */
  stopped: unknown = null

  constructor(
    log: EventLog,
    from: Reached,
    handlers: {
      /** Decodes, or finds the event where it is known already. */
      readonly typed: (recorded: RecordedEvent) => StreamEvent
      readonly apply: (event: LedgerEvent) => void
    },
  ) {
    this.#log = log
    this.#typed = handlers.typed
    this.#apply = handlers.apply
    this.#position = from.position
    this.#leaf = from.leaf
  }

  get leaf(): number {
    return this.#leaf
  }

  /** Follows until the signal; rejects, and is `stopped`, at what cannot be decoded or read. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const page of this.#log.subscribe({ after: this.#position, signal })) this.#feed(page)
    } catch (error) {
      this.stopped = error
      throw error
    }
  }

  /** Applies everything up to an end of the log that is read after the call. */
  async catchUp(): Promise<void> {
    for (;;) {
      const page = await this.#log.readLog({ after: this.#position, max: PAGE })
      this.#feed(page)
      if (page.length < PAGE) return
    }
  }

  #feed(page: readonly RecordedEvent[]): void {
    if (this.stopped !== null) throw this.stopped
    for (const recorded of page) {
      if (this.#position !== null && recorded.position <= this.#position) continue
      try {
        this.#apply(numbered(this.#typed(recorded), this.#leaf + 1))
      } catch (error) {
        this.stopped = error
        throw error
      }
      this.#position = recorded.position
      this.#leaf += 1
    }
  }
}

/** Written out: a spread with more behind it costs many times as much. */
const numbered = ({ type, data, id, stream, revision, metadata }: StreamEvent, leaf: number): LedgerEvent =>
  ({ type, data, id, stream, revision, metadata, leaf }) as LedgerEvent
