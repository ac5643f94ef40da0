import { randomUUID } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import type { Cursor } from './cursor.js'
import type { Filter } from './filter.js'
import type { Written } from './log.js'
import { checkpoint, confirmation, fail, type ReadCall, send } from './outgoing.js'
import type { Recorded } from './record.js'
import type { Serving } from './serving.js'
import { eventResponse } from './wire.js'

const PAGE = 64
/** An append of so many events drops a live subscription on server 22.10 … */
const TOO_MANY = 500
/** … which has got so many of them by then. */
const DELIVERED = 32

interface Subscribing {
  readonly serving: Serving
  readonly call: ReadCall
  readonly cursor: Cursor
  /** `null`: $all. */
  readonly stream: string | null
  readonly filter: Filter | null
}

/** Catches up page by page, then waits for appends. */
export class Subscription {
  readonly #with: Subscribing
  #live = false
  /** It is dropped before the first event at this position or after it. */
  #end = Number.POSITIVE_INFINITY
  #stalled = false
  #looked = 0
  #last = 0
  #wake = (): void => {}

  constructor(subscribing: Subscribing) {
    this.#with = subscribing
  }

  tooSlow(): void {
    this.#end = 0
    this.#wake()
  }

  stall(): void {
    this.#stalled = true
  }

  async run(): Promise<void> {
    const { call, serving } = this.#with
    const stopListening = serving.log.listen((written) => this.#appended(written))
    serving.subscriptions.add(this)
    call.once('cancelled', () => this.#wake())
    call.write(confirmation(randomUUID()))
    while (!call.cancelled && (await this.#page())) await serving.faults.passed()
    stopListening()
    serving.subscriptions.delete(this)
  }

  /** `false` when it was dropped. */
  async #page(): Promise<boolean> {
    if (this.#end === 0) return this.#drop()
    const page = this.#stalled ? [] : this.#with.cursor(PAGE)
    for (const event of page) {
      if (event.position >= this.#end) return this.#drop()
      await this.#event(event)
    }
    if (page.length > 0) return true
    if (!this.#live && !this.#stalled && this.#last > 0) this.#checkpoint()
    this.#live = true
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    return true
  }

  async #event(event: Recorded): Promise<void> {
    const { call, filter } = this.#with
    this.#last = event.position
    this.#looked += 1
    if (filter === null || filter.matches(event)) await send(call, eventResponse(event.event, event.position))
    if (filter !== null && this.#looked >= filter.interval) this.#checkpoint()
  }

  #checkpoint(): void {
    this.#looked = 0
    if (this.#with.filter !== null) this.#with.call.write(checkpoint(this.#last))
  }

  #appended({ from, stream, events }: Written): void {
    const { filter, serving } = this.#with
    if (this.#live && serving.faults.version === '22.10' && stream === (this.#with.stream ?? stream)) {
      const seen = events.filter(({ type }) => filter === null || filter.matches({ stream, type }))
      if (seen.length >= TOO_MANY) this.#end = Math.min(this.#end, serving.log.position(from + DELIVERED))
    }
    this.#wake()
  }

  #drop(): false {
    const why = 'Consumer too slow to handle event while live. Client resubscription required.'
    fail(this.#with.call, status.ABORTED, `Operation timed out: ${why}`)
    return false
  }
}
