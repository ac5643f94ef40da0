import Database from 'better-sqlite3'
import { Oracle, type Stored } from './oracle.js'

interface Row extends Omit<Stored, 'data' | 'metadata'> {
  readonly data: string
  readonly metadata: string
}

/**
 * Reads the log beside the running server, from where it read last, and folds it. The connection is closed in between,
 * so that no reader of ours is in the way of a start.
 */
export class Log {
  readonly oracle = new Oracle()
  /** Events by the client's key, without the operation. */
  readonly byKey = new Map<string, Stored[]>()
  readonly violations: string[] = []
  readonly #revisions = new Map<string, number>()
  readonly #path: string
  #last: { readonly position: number; readonly id: string } | null = null
  events = 0

  constructor(path: string) {
    this.#path = path
  }

  read(): void {
    const db = new Database(this.#path, { readonly: true })
    try {
      this.#checkLast(db)
      const rows = db.prepare<[number], Row>('SELECT * FROM events WHERE position > ? ORDER BY position')
      for (const row of rows.iterate(this.#last?.position ?? 0)) this.#take(row)
    } finally {
      db.close()
    }
  }

  /** All violations so far, the oracle's too. */
  found(): readonly string[] {
    const books = this.oracle.balances() ? [] : ['the balances do not sum to what came in']
    return [...this.violations, ...this.oracle.violations, ...books]
  }

  #checkLast(db: Database.Database): void {
    if (this.#last === null) return
    const { position, id } = this.#last
    const found = db.prepare<[number], string>('SELECT id FROM events WHERE position = ?').pluck().get(position)
    if (found !== id) this.violations.push(`position ${position} held event ${id}, now it holds ${found}`)
  }

  #take({ data, metadata, ...place }: Row): void {
    const event: Stored = { ...place, data: JSON.parse(data), metadata: JSON.parse(metadata) }
    const { position, stream, revision, id } = event
    if (position !== (this.#last?.position ?? 0) + 1) this.violations.push(`a gap in the log before ${position}`)
    const before = this.#revisions.get(stream) ?? -1
    if (revision !== before + 1) this.violations.push(`${stream} goes from revision ${before} to ${revision}`)
    this.#revisions.set(stream, revision)
    this.#last = { position, id }
    this.events += 1
    this.oracle.apply(event)
    const key = event.metadata.key?.replace(/^\S+ /, '')
    if (key !== undefined) this.byKey.set(key, [...(this.byKey.get(key) ?? []), event])
  }
}
