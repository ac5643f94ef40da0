import type { ViewBuild, ViewCheckpoint } from '../views/port.js'
import type { Sleep } from './runner.js'

/** Milliseconds between two checkpoints of a projection that has nothing else to write. */
export const LAG = 100

/** Tries until it works or the signal fires. */
export type Attempt = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

export interface PassingOptions {
  readonly build: ViewBuild
  readonly stored: ViewCheckpoint | null
  readonly attempt: Attempt
  readonly sleep: Sleep
}

/**
 * How far a build has come: in the store, and in memory, where what follows changes nothing in it. The one in the store comes after, now
 * and then, beside the batches; whoever begins there folds again what changes nothing.
 */
export class Passing {
  readonly #options: PassingOptions
  #stored: ViewCheckpoint | null
  #passed: ViewCheckpoint | null
  #ending = new AbortController()
  #trailing: Promise<void> | null = null

  constructor(options: PassingOptions) {
    this.#options = options
    this.#stored = options.stored
    this.#passed = options.stored
  }

  /** Readers of the build see everything up to there. */
  get passed(): ViewCheckpoint | null {
    return this.#passed
  }

  /** A batch was written, with this checkpoint. */
  written(checkpoint: ViewCheckpoint | null): void {
    this.#stored = checkpoint
    this.#passed = checkpoint
  }

  /** Nothing up to there has to be written. */
  pass(checkpoint: ViewCheckpoint | null): void {
    this.#passed = checkpoint
  }

  /** Writes the checkpoint soon. Where that fails for good, the next batch meets the same failure. */
  trail(): void {
    this.#trailing ??= this.#follow(this.#ending.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#trailing = null
      })
  }

  /** Writes the checkpoint now. */
  async settle(signal: AbortSignal): Promise<void> {
    this.#ending.abort()
    await this.#trailing
    this.#ending = new AbortController()
    await this.#write(signal)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (this.#passed !== this.#stored && !signal.aborted) {
      await this.#write(signal)
      await this.#options.sleep(LAG, signal)
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const checkpoint = this.#passed
    if (checkpoint === null || checkpoint === this.#stored) return
    await this.#options.attempt(() => this.#options.build.commit({ rows: [], documents: [], checkpoint }), signal)
    // A batch may have written a later one meanwhile; the store keeps that one too.
    if (checkpoint.leaf > (this.#stored?.leaf ?? -1)) this.#stored = checkpoint
  }
}
