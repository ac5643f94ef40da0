import { setTimeout as sleep } from 'node:timers/promises'
import type { ViewStore } from '../../../src/views/port.js'

/** Watches how long the live views stand still under load: what a lease's takeover costs a reader. */
export class Standstill {
  /** Milliseconds. */
  longest = 0
  #stopping = false
  #watching: Promise<void> = Promise.resolve()

  constructor(views: ViewStore) {
    this.#watching = this.#watch(views)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#watching
  }

  async #watch({ reader }: ViewStore): Promise<void> {
    let leaf = -1
    let moved = performance.now()
    while (!this.#stopping) {
      const found = (await reader.checkpoint('ledger').catch(() => null))?.leaf ?? leaf
      if (found !== leaf) {
        leaf = found
        moved = performance.now()
      }
      this.longest = Math.max(this.longest, performance.now() - moved)
      await sleep(50)
    }
  }
}
