import { setTimeout as sleep } from 'node:timers/promises'
import type { ViewStore } from '../../../src/views/port.js'

export interface Watched {
  readonly views: ViewStore
  /** Writes acknowledged so far: without a new one nothing moves. */
  readonly written: () => number
  /** When each projector that listens now began to; milliseconds, monotonic. */
  readonly since: () => readonly number[]
}

/** Watches how long the live views stand still while there is something to fold. */
export class Standstill {
  /** Milliseconds, whether anybody was there to fold or not. */
  longest = 0
  /** Milliseconds during which the same projector was there all the time: what taking over a lease costs a reader. */
  takeover = 0
  #stopping = false
  readonly #watching: Promise<void>

  constructor(watched: Watched) {
    this.#watching = this.#watch(watched)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#watching
  }

  async #watch({ views: { reader }, written, since }: Watched): Promise<void> {
    let last = { leaf: -1, written: -1, at: performance.now() }
    while (!this.#stopping) {
      const leaf = (await reader.checkpoint('ledger').catch(() => null))?.leaf ?? last.leaf
      const now = performance.now()
      if (leaf !== last.leaf || written() === last.written) last = { leaf, written: written(), at: now }
      this.longest = Math.max(this.longest, now - last.at)
      this.takeover = Math.max(this.takeover, now - Math.max(last.at, Math.min(now, ...since())))
      await sleep(50)
    }
  }
}
