import Database from 'better-sqlite3'
import { Oracle, type Stored } from './oracle.js'

export interface Row extends Omit<Stored, 'data' | 'metadata'> {
  readonly data: string
  readonly metadata: string
}

/** A log, read from where it was read last, and folded. */
export abstract class AnyLog {
  readonly oracle = new Oracle()
  /** Events by the client's key, without the operation. */
  readonly byKey = new Map<string, Stored[]>()
  readonly violations: string[] = []
  readonly #revisions = new Map<string, number>()
  protected last: { readonly position: number; readonly id: string } | null = null
  events = 0

  abstract read(): void | Promise<void>

  /** All violations so far, the oracle's too. */
  found(): readonly string[] {
    const books = this.oracle.balances() ? [] : ['the balances do not sum to what came in']
    return [...this.violations, ...this.oracle.violations, ...books]
  }

  /** That the last event read lies where it lay. */
  protected mustLie(found: string | undefined): void {
    if (this.last === null || found === this.last.id) return
    this.violations.push(`position ${this.last.position} held event ${this.last.id}, now it holds ${found}`)
  }

  protected take({ data, metadata, ...place }: Row): void {
    const event: Stored = { ...place, data: JSON.parse(data), metadata: JSON.parse(metadata) }
    const { position, stream, revision, id } = event
    if (position <= (this.last?.position ?? -1)) this.violations.push(`position ${position} comes too late`)
    const before = this.#revisions.get(stream) ?? -1
    if (revision !== before + 1) this.violations.push(`${stream} goes from revision ${before} to ${revision}`)
    this.#revisions.set(stream, revision)
    this.last = { position, id }
    this.events += 1
    this.oracle.apply(event)
    const key = event.metadata.key?.replace(/^\S+ /, '')
    if (key !== undefined) this.byKey.set(key, [...(this.byKey.get(key) ?? []), event])
  }
}

/** Of the SQLite file, beside the running server. The connection is closed in between, so that no reader of ours is in the way of a start. */
export class Log extends AnyLog {
  readonly #path: string

  constructor(path: string) {
    super()
    this.#path = path
  }

  read(): void {
    const db = new Database(this.#path, { readonly: true })
    try {
      this.#checkLast(db)
      const rows = db.prepare<[number], Row>('SELECT * FROM events WHERE position > ? ORDER BY position')
      for (const row of rows.iterate(this.last?.position ?? 0)) this.#takeNext(row)
    } finally {
      db.close()
    }
  }

  #checkLast(db: Database.Database): void {
    if (this.last === null) return
    const find = db.prepare<[number], string>('SELECT id FROM events WHERE position = ?').pluck()
    this.mustLie(find.get(this.last.position))
  }

  #takeNext(row: Row): void {
    if (row.position !== (this.last?.position ?? 0) + 1) this.violations.push(`a gap in the log before ${row.position}`)
    this.take(row)
  }
}
