import type { RowKey, RowRecord, ViewBatch, ViewBuild, ViewCheckpoint } from '../views/port.js'
import { encodeDocuments, encodeRows, type Folded, type Held, type HeldRow } from './fold.js'
import type { AnyProjection } from './projection.js'
import type { Sleep } from './runner.js'

/** Milliseconds that anything kept back waits, and between two checkpoints of a projection that has nothing else to write. */
export const LAG = 100

const leafOf = (checkpoint: ViewCheckpoint | null): number => checkpoint?.leaf ?? -1

/** Tries until it works or the signal fires. */
export type Attempt = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

export interface KeptOptions {
  readonly projection: AnyProjection
  readonly build: ViewBuild
  readonly stored: ViewCheckpoint | null
  readonly attempt: Attempt
  readonly sleep: Sleep
}

/**
 * What is folded and not yet in the store, and how far both have come. A commit holds all that is kept, so two at once, or one that comes
 * twice, leave the same. A checkpoint that changes nothing comes after, now and then: whoever begins there folds again what changes nothing.
 */
export class Kept {
  readonly #options: KeptOptions
  #documents = new Map<string, Held>()
  /** By leaf number. */
  #rows = new Map<number, HeldRow[]>()
  #rowCount = 0
  #reached: ViewCheckpoint | null
  #stored: ViewCheckpoint | null
  #ending = new AbortController()
  #trailing: Promise<void> | null = null
  /** The store took nothing at the last try. */
  refused = false

  constructor(options: KeptOptions) {
    this.#options = options
    this.#stored = options.stored
    this.#reached = options.stored
  }

  /** Everything up to there is folded. */
  get reached(): ViewCheckpoint | null {
    return this.#reached
  }

  /** Whoever reads the store sees everything up to there. */
  get readable(): ViewCheckpoint | null {
    return this.empty ? this.#reached : this.#stored
  }

  get empty(): boolean {
    return this.#documents.size === 0 && this.#rowCount === 0
  }

  get documents(): number {
    return this.#documents.size
  }

  get rows(): number {
    return this.#rowCount
  }

  document(key: string): Held | undefined {
    return this.#documents.get(key)
  }

  row({ key, leaf }: RowKey): HeldRow | undefined {
    return this.#rows.get(leaf)?.find((row) => row.key === key)
  }

  add({ rows, documents }: Folded, reached: ViewCheckpoint): void {
    for (const held of documents) this.#documents.set(held.key, held)
    for (const row of rows) {
      const others = this.#rows.get(row.leaf)
      if (others === undefined) this.#rows.set(row.leaf, [row])
      else others.push(row)
    }
    this.#rowCount += rows.length
    this.#reached = reached
  }

  /** Forgets what is kept: it comes again from the log. */
  drop(): void {
    this.#clear()
    this.#reached = this.#stored
  }

  /** Rows alone: the checkpoint stays behind until the documents are written too. */
  async commitRows(signal: AbortSignal): Promise<void> {
    if (this.#rowCount > 0) await this.#put(() => ({ rows: this.#encodedRows(), documents: [] }), signal)
    this.#clearRows()
  }

  async commit(signal: AbortSignal): Promise<void> {
    const checkpoint = this.#reached
    if (checkpoint === null || !this.#behind) return
    const batch = (): ViewBatch => ({
      rows: this.#encodedRows(),
      documents: encodeDocuments(this.#options.projection, this.#documents.values()),
      checkpoint,
    })
    await this.#put(batch, signal)
    // Another one may have written a later one meanwhile; the store keeps that one too.
    if (checkpoint.leaf > leafOf(this.#stored)) this.#stored = checkpoint
    if (checkpoint === this.#reached) this.#clear()
  }

  /** Writes what is kept, for whoever reads; broken off by `settle`, which does it too. */
  async store(): Promise<void> {
    if (!this.empty) await this.commit(this.#ending.signal)
  }

  /** Writes what is kept, or the checkpoint alone, `after` a moment or at once, and then every moment. Where that fails for good, the next batch meets the same failure. */
  trail(when: 'at once' | 'after'): void {
    this.#trailing ??= this.#follow(when, this.#ending.signal)
      .catch(() => undefined)
      .finally(() => {
        this.#trailing = null
      })
  }

  /** Writes all there is, now. */
  async settle(signal: AbortSignal): Promise<void> {
    this.#ending.abort()
    await this.#trailing
    this.#ending = new AbortController()
    await this.commit(signal)
  }

  async #follow(when: 'at once' | 'after', signal: AbortSignal): Promise<void> {
    if (when === 'after') await this.#options.sleep(LAG, signal)
    while (this.#behind && !signal.aborted) {
      // Where nothing waits, a batch that is kept is being written by whoever folded it.
      if (when === 'after' || this.empty) await this.commit(signal)
      await this.#options.sleep(LAG, signal)
    }
  }

  get #behind(): boolean {
    return leafOf(this.#reached) > leafOf(this.#stored)
  }

  #put(batch: () => ViewBatch, signal: AbortSignal): Promise<void> {
    const { build, attempt } = this.#options
    const put = async (): Promise<void> => {
      try {
        await build.commit(batch())
        this.refused = false
      } catch (error) {
        this.refused = true
        throw error
      }
    }
    return attempt(put, signal)
  }

  #encodedRows(): readonly RowRecord[] {
    return encodeRows(this.#options.projection, [...this.#rows.values()].flat())
  }

  #clear(): void {
    for (const held of this.#documents.values()) held.kept = false
    this.#documents = new Map()
    this.#clearRows()
  }

  #clearRows(): void {
    // A batch that is being folded may have found one here.
    for (const rows of this.#rows.values()) for (const row of rows) row.kept = false
    this.#rows = new Map()
    this.#rowCount = 0
  }
}
