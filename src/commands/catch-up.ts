import type { LaneWorld } from './lane-world.js'

/**
 * Catch-ups that are shared: whoever asks gets one that began after it asked. At most one runs and one waits.
 */
export class CatchUp {
  readonly #run: () => Promise<void>
  #running: Promise<void> | null = null
  #waiting: Promise<void> | null = null

  /** `run` applies the log up to an end that it reads after it was called. */
  constructor(run: () => Promise<void>) {
    this.#run = run
  }

  request(): Promise<void> {
    if (this.#waiting !== null) return this.#waiting
    if (this.#running === null) return this.#start()
    const next = (): Promise<void> => {
      this.#waiting = null
      return this.#start()
    }
    this.#waiting = this.#running.then(next, next)
    return this.#waiting
  }

  #start(): Promise<void> {
    const running = this.#run().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }
}

/** What the books say of all that the log held when it was asked for: also of what another process has written. Rejects with `Unavailable`. */
export const fresh = async <Found>(world: Pick<LaneWorld, 'behind' | 'catchUp'>, read: () => Found): Promise<Found> => {
  for (;;) {
    await world.catchUp()
    const found = read()
    if (!world.behind()) return found
  }
}
