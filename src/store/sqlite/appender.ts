import type { Connection } from './connection.js'
import { type Batch, STORED, STORED_BEFORE, WRONG_REVISION } from './messages.js'

/** Streams whose last revision is remembered, at least; at most twice as many. */
const REMEMBERED = 50_000

/** The appends of the one writer. Nothing else writes events, so what it remembers of a stream stays true. */
export class Appender {
  readonly #db: Connection
  readonly #insert
  readonly #last
  readonly #at
  readonly #remembered: number
  #position: number
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor(db: Connection, remembered = REMEMBERED) {
    this.#remembered = remembered
    this.#db = db
    this.#insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#last = db.prepare<[string], number>('SELECT max(revision) FROM events WHERE stream = ?').pluck()
    this.#at = db.prepare<[string, number], [string, number]>(
      'SELECT id, position FROM events WHERE stream = ? AND revision = ?',
    )
    this.#at.raw()
    this.#position = this.#end()
  }

  /**
   * All appends in one transaction; each succeeds or fails alone on its expected revision. Three numbers per append, see messages.ts.
   * Throws SQLite's error; then nothing was stored, unless it came from a failed commit.
   */
  run(batches: readonly Batch[]): number[] {
    try {
      const results: number[] = []
      this.#db.exec('BEGIN IMMEDIATE')
      for (const batch of batches) this.#appendAll(batch, results)
      this.#db.exec('COMMIT')
      return results
    } catch (error) {
      this.#young.clear()
      this.#old.clear()
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      this.#position = this.#end()
      throw error
    }
  }

  #end(): number {
    return Number(this.#db.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get())
  }

  #appendAll({ streams, expected, counts, texts }: Batch, results: number[]): void {
    let text = 0
    for (const [i, stream] of streams.entries()) {
      const ids = text
      text += (counts[i] as number) * 4
      const from = (expected[i] as number) + 1
      const actual = this.#revision(stream)
      if (actual === from - 1) {
        let revision = actual
        for (let at = ids; at < text; at += 4) {
          revision += 1
          this.#position += 1
          this.#insert.run(this.#position, stream, revision, texts[at], texts[at + 1], texts[at + 2], texts[at + 3])
        }
        this.#young.set(stream, revision)
        results.push(STORED, revision, this.#position)
      } else {
        const before = this.#storedBefore(stream, from, texts.slice(ids, text))
        if (before === null) results.push(WRONG_REVISION, actual, 0)
        else results.push(STORED_BEFORE, from + (text - ids) / 4 - 1, before)
      }
    }
  }

  /** The position of the last of these events, if all of them lie at this place already. */
  #storedBefore(stream: string, from: number, texts: readonly string[]): number | null {
    let position: number | null = null
    for (let i = 0; i < texts.length; i += 4) {
      const [id, at] = this.#at.get(stream, from + i / 4) ?? ['', 0]
      if (id !== texts[i]) return null
      position = at
    }
    return position
  }

  #revision(stream: string): number {
    let revision = this.#young.get(stream)
    if (revision !== undefined) return revision
    revision = this.#old.get(stream) ?? this.#last.get(stream) ?? -1
    if (this.#young.size >= this.#remembered) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(stream, revision)
    return revision
  }
}
