/** What is known of the server: how the last append and the last read ended. */
export class Health {
  readonly #failures = new Map<'appends' | 'reads', string>()
  readonly #log: (message: string) => void

  constructor(log: (message: string) => void) {
    this.#log = log
  }

  worked(what: 'appends' | 'reads'): void {
    if (this.#failures.delete(what) && this.#failures.size === 0) this.#log('the event store answers again')
  }

  failed(what: 'appends' | 'reads', error: unknown): void {
    const before = this.#failures.size
    this.#failures.set(what, detailOf(error))
    if (before === 0) this.#log(`store_unreachable: ${this.trouble}`)
  }

  /** `null`: it answers. */
  get trouble(): string | null {
    const [failure] = this.#failures.values()
    return failure === undefined ? null : `the event store does not answer: ${failure}`
  }
}

/** The client's own errors may have no message. */
export const detailOf = (error: unknown): string =>
  error instanceof Error ? error.message || ('type' in error ? String(error.type) : error.name) : String(error)
