/** What is known of the server: how the last append and the last read ended. */
export class Health {
  readonly #failures = new Map<'appends' | 'reads', string>()

  worked(what: 'appends' | 'reads'): void {
    this.#failures.delete(what)
  }

  failed(what: 'appends' | 'reads', error: unknown): void {
    this.#failures.set(what, detailOf(error))
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
