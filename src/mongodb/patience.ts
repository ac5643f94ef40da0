/** The process ends, and nobody waits for a server that is away. */
export class GivenUp extends Error {
  constructor() {
    super('this process ends while it is away')
  }
}

/**
 * How long one server is waited for: as long as the driver waits, but once the end of the process has begun only until an answer, or the lack
 * of one, shows that the server is away. Then all that waits is given up, and nothing is begun.
 */
export class Patience {
  readonly #ending: AbortSignal
  readonly #waiting = new Set<() => void>()
  #away = false

  /** `ending` fires when the process begins to end; left out: it never does. */
  constructor(ending: AbortSignal = new AbortController().signal) {
    this.#ending = ending
    ending.addEventListener('abort', () => this.#look(), { once: true })
  }

  /** `isAway`: what the work rejected with shows that the server is away. Rejects with `GivenUp`, or as the work does. */
  async wait<Result>(work: () => Promise<Result>, isAway: (error: unknown) => boolean): Promise<Result> {
    if (this.#away && this.#ending.aborted) throw new GivenUp()
    const asked = work()
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new GivenUp())
      this.#waiting.add(giveUp)
      const answered = (away: boolean): void => {
        this.#waiting.delete(giveUp)
        this.#away = away
        this.#look()
      }
      asked.then(
        (result) => {
          answered(false)
          resolve(result)
        },
        (error: unknown) => {
          answered(isAway(error))
          reject(error)
        },
      )
    })
  }

  #look(): void {
    if (!this.#away || !this.#ending.aborted) return
    for (const giveUp of this.#waiting) giveUp()
  }
}
