import { StoreClosed } from './errors.js'
import type { Position, ReadLog, RecordedEvent, Subscribe } from './port.js'

/** Events read at once by who catches up. */
const PAGE = 1000
/** Events kept for a live subscriber that does not take them; past it he reads them again from the log. */
const BACKLOG = 10_000

type Batch = readonly RecordedEvent[]

interface Subscriber {
  after: Position | null
  /** Everything past `after` is in the backlog or will be delivered. */
  live: boolean
  backlog: Batch[]
  size: number
  wake: () => void
}

/**
 * Catch-up and live subscriptions over a log that this thread reads without waiting: between a read and what is delivered next
 * nothing can slip through, and what a read has already seen is recognised by its position.
 */
export class Subscriptions {
  readonly #read: (options: ReadLog) => Batch
  readonly #pollMs: number | null
  readonly #subscribers = new Set<Subscriber>()
  #closed = false

  /** `pollMs`: who waits reads again after so long, even if nobody wakes him; `null`: every commit is delivered or woken for. */
  constructor(read: (options: ReadLog) => Batch, pollMs: number | null) {
    this.#read = read
    this.#pollMs = pollMs
  }

  get any(): boolean {
    return this.#subscribers.size > 0
  }

  /** Hands over what was just committed: in log order, nothing left out. */
  deliver(batch: Batch): void {
    for (const subscriber of this.#subscribers) {
      if (!subscriber.live) continue
      subscriber.size += batch.length
      if (subscriber.size > BACKLOG) fallBack(subscriber)
      else subscriber.backlog.push(batch)
      subscriber.wake()
    }
  }

  /** Something may have been committed: those who wait read the log again. */
  wake(): void {
    for (const subscriber of this.#subscribers) {
      fallBack(subscriber)
      subscriber.wake()
    }
  }

  close(): void {
    this.#closed = true
    for (const subscriber of this.#subscribers) subscriber.wake()
  }

  async *subscribe({ after, signal }: Subscribe): AsyncGenerator<Batch, void, void> {
    const subscriber: Subscriber = { after, live: false, backlog: [], size: 0, wake: () => {} }
    const abort = (): void => subscriber.wake()
    signal.addEventListener('abort', abort)
    this.#subscribers.add(subscriber)
    try {
      while (!signal.aborted) {
        if (this.#closed) throw new StoreClosed('the store was closed under a subscription')
        const batch = this.#next(subscriber)
        const last = batch.at(-1)
        if (last === undefined) {
          if (subscriber.live && subscriber.backlog.length === 0) await this.#wait(subscriber)
          continue
        }
        subscriber.after = last.position
        yield batch
      }
    } finally {
      this.#subscribers.delete(subscriber)
      signal.removeEventListener('abort', abort)
    }
  }

  #next(subscriber: Subscriber): Batch {
    const { after } = subscriber
    if (!subscriber.live) {
      const page = this.#read({ after, max: PAGE })
      subscriber.live = page.length < PAGE
      return page
    }
    const batch = subscriber.backlog.shift() ?? []
    subscriber.size -= batch.length
    const [first] = batch
    if (first === undefined || after === null || first.position > after) return batch
    return batch.filter(({ position }) => position > after)
  }

  #wait(subscriber: Subscriber): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#pollMs === null ? undefined : setTimeout(() => subscriber.wake(), this.#pollMs)
      subscriber.wake = (): void => {
        clearTimeout(timer)
        subscriber.wake = () => {}
        subscriber.live &&= this.#pollMs === null
        resolve()
      }
    })
  }
}

const fallBack = (subscriber: Subscriber): void => {
  subscriber.live = false
  subscriber.backlog = []
  subscriber.size = 0
}
