import type { DocumentRecord, RowKey, RowRecord, ViewBatch, ViewBuild, ViewCheckpoint } from '../views/port.js'
import { encodeDocuments, encodeRows, type Folded, type Held, type HeldRow, rowId } from './fold.js'
import type { AnyProjection } from './projection.js'
import type { Sleep } from './runner.js'

/** Milliseconds that anything kept back waits, and between two checkpoints of a projection that has nothing else to write. */
export const LAG = 200

const leafOf = (checkpoint: ViewCheckpoint | null): number => checkpoint?.leaf ?? -1

/** Tries until it works or the signal fires. */
export type Attempt = <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

export interface KeptOptions {
  readonly projection: AnyProjection
  readonly build: ViewBuild
  readonly stored: ViewCheckpoint | null
  readonly attempt: Attempt
  readonly sleep: Sleep
  /** Whether batches wait now; otherwise whoever folds one writes it. */
  readonly lazy: () => boolean
}

/**
 * What is folded and not yet in the store, and how far both have come. A commit holds all that is kept, so two at once, or one that comes
 * twice, leave the same. A checkpoint that changes nothing comes after, now and then: whoever begins there folds again what changes nothing.
 */
export class Kept {
  readonly #options: KeptOptions
  #documents = new Map<string, Held>()
  #rows: HeldRow[] = []
  /** Of the rows, by `rowId`; made when one is looked for, which most loads never do. */
  #found: Map<string, HeldRow> | null = null
  #reached: ViewCheckpoint | null
  #stored: ViewCheckpoint | null
  #ending = new AbortController()
  #trailing: Promise<void> | null = null
  #committing: Promise<void> | null = null
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
    return this.#documents.size === 0 && this.#rows.length === 0
  }

  get documents(): number {
    return this.#documents.size
  }

  get rows(): number {
    return this.#rows.length
  }

  document(key: string): Held | undefined {
    return this.#documents.get(key)
  }

  row(key: RowKey): HeldRow | undefined {
    this.#found ??= new Map(this.#rows.map((row) => [rowId(row), row]))
    return this.#found.get(rowId(key))
  }

  add({ rows, documents }: Folded, reached: ViewCheckpoint): void {
    for (const held of documents) this.#documents.set(held.key, held)
    for (const row of rows) {
      this.#rows.push(row)
      this.#found?.set(rowId(row), row)
    }
    this.#reached = reached
  }

  /** Forgets what is kept: it comes again from the log. */
  drop(): void {
    this.#rows = []
    this.#found = null
    this.#documents = new Map()
    this.#reached = this.#stored
  }

  /** Rows alone: the checkpoint stays behind until the documents are written too. */
  async commitRows(signal: AbortSignal): Promise<void> {
    const rows = [...this.#rows]
    if (rows.length === 0) return
    const batch = { rows: encodeRows(this.#options.projection, rows), documents: [] }
    await this.#put(batch, signal)
    this.#releaseRows(rows, batch.rows)
  }

  async commit(signal: AbortSignal): Promise<void> {
    const { projection } = this.#options
    const checkpoint = this.#reached
    if (checkpoint === null || !this.#behind) return
    const [rows, documents] = [[...this.#rows], [...this.#documents.values()]]
    const batch = { rows: encodeRows(projection, rows), documents: encodeDocuments(projection, documents), checkpoint }
    await this.#put(batch, signal)
    // Another one may have written a later one meanwhile; the store keeps that one too.
    if (checkpoint.leaf > leafOf(this.#stored)) this.#stored = checkpoint
    this.#releaseRows(rows, batch.rows)
    this.#releaseDocuments(documents, batch.documents)
  }

  /** Writes what is kept, for whoever reads; broken off by `settle`, which does it too. */
  async store(): Promise<void> {
    const wanted = leafOf(this.#reached)
    while (!this.empty && leafOf(this.#stored) < wanted) await this.#commitTogether()
  }

  /** Writes what waits after a moment, or the checkpoint alone at once, and then every moment. Where that fails for good, the next batch meets the same failure. */
  trail(): void {
    this.#trailing ??= this.#follow(this.#ending.signal)
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

  async #follow(signal: AbortSignal): Promise<void> {
    const { lazy, sleep } = this.#options
    if (lazy()) await sleep(LAG, signal)
    while (this.#behind && !signal.aborted) {
      // Where nothing waits, a batch that is kept is being written by whoever folded it.
      if (lazy() || this.empty) await this.#commitTogether()
      await sleep(LAG, signal)
    }
  }

  /** Whoever comes while one is under way waits for that one. */
  #commitTogether(): Promise<void> {
    this.#committing ??= this.commit(this.#ending.signal).finally(() => {
      this.#committing = null
    })
    return this.#committing
  }

  get #behind(): boolean {
    return leafOf(this.#reached) > leafOf(this.#stored)
  }

  #put(batch: ViewBatch, signal: AbortSignal): Promise<void> {
    const { build, attempt } = this.#options
    const put = async (): Promise<void> => {
      try {
        await build.commit(batch)
        this.refused = false
      } catch (error) {
        this.refused = true
        throw error
      }
    }
    return attempt(put, signal)
  }

  #releaseDocuments(documents: readonly Held[], written: readonly DocumentRecord[]): void {
    release(documents, written)
    const left = [...this.#documents.values()].filter(({ kept }) => kept)
    this.#documents = new Map(left.map((held) => [held.key, held]))
  }

  #releaseRows(rows: readonly HeldRow[], written: readonly RowRecord[]): void {
    release(rows, written)
    this.#rows = this.#rows.filter(({ kept }) => kept)
    this.#found = null
  }
}

/** What was written as it is now; what was changed meanwhile stays. */
const release = (held: readonly Held[], written: readonly { readonly at: number }[]): void => {
  for (const [index, one] of held.entries()) if (one.at === written[index]?.at) one.kept = false
}
