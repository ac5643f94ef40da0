import Database from 'better-sqlite3'
import type { BuildName, DocumentRecord, RowQuery, ViewReader } from './port.js'
import { parseCheckpoint, refusedWith, table, toDocument, toRow } from './sqlite-build.js'

interface Statements {
  readonly build: BuildName
  /** Of a key, of the projection: the build that is live, and the document, whose columns are `null` where there is none. */
  readonly document: Database.Statement
  readonly row: Database.Statement | null
  readonly forwards: Database.Statement | null
  readonly backwards: Database.Statement | null
}

/**
 * Reads on a connection of its own. Each query also reads the pointer to the live build, one look-up by key, so what another thread or
 * process made live is seen at once.
 */
export const openSqliteReader = (path: string): ViewReader => {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  const live = database.prepare(
    'SELECT build, documents, rows FROM "_live" JOIN "_builds" USING (projection, build) WHERE projection = ?',
  )
  const checkpoint = database.prepare(
    'SELECT body FROM "_live" JOIN "_checkpoints" USING (projection, build) WHERE projection = ?',
  )
  const prepared = new Map<string, Statements>()

  const statements = (projection: string): Statements | null => {
    const pointer = live.get(projection) as { build: string; documents: string; rows: string | null } | undefined
    if (pointer === undefined) return null
    const known = prepared.get(projection)
    if (known?.build === pointer.build) return known
    const made = prepare(database, pointer)
    prepared.set(projection, made)
    return made
  }

  /** In one read transaction, so that the build cannot be dropped between the pointer and the query. */
  const snapshot = database.transaction((work: () => unknown) => work())
  const query = <Result>(projection: string, none: Result, read: (using: Statements) => Result): Result => {
    let result = none
    snapshot(() => {
      const using = statements(projection)
      if (using !== null) result = read(using)
    })
    return result
  }

  /** In the live build; `undefined`: another one is live than the one that was asked. */
  const documentIn = ({ build, document }: Statements, projection: string, key: string) => {
    const found = document.get(key, projection) as { live: BuildName; at: number | null } | undefined
    if (found?.live !== build) return undefined
    return found.at === null ? null : toDocument(found)
  }

  /** In the build that was live at the last read, in one statement: that takes half of the time. */
  const documentAtOnce = (projection: string, key: string): DocumentRecord | null | undefined => {
    const known = prepared.get(projection)
    try {
      return known && documentIn(known, projection, key)
    } catch (error) {
      // The build is gone; if it is no other one that is live now, the next statement meets the same error.
      if (!refusedWith(error, 'SQLITE_ERROR')) throw error
      return undefined
    }
  }

  return {
    document: async (projection, key) => {
      const found = documentAtOnce(projection, key)
      if (found !== undefined) return found
      return query(projection, null, (using) => documentIn(using, projection, key) ?? null)
    },
    row: async (projection, { key, leaf }) =>
      query(projection, null, ({ row }) => optional(row?.get(leaf, key), toRow)),
    rows: async (projection, { key, from = 0, to = Number.MAX_SAFE_INTEGER, direction, max }: RowQuery) =>
      query(projection, [], (using) => (using[direction]?.all(key, from, to, max) ?? []).map(toRow)),
    checkpoint: async (projection) => parseCheckpoint(checkpoint.get(projection)),
    close: async () => {
      database.close()
    },
  }
}

const optional = <Value>(record: unknown, convert: (record: unknown) => Value): Value | null =>
  record === undefined ? null : convert(record)

const prepare = (
  database: Database.Database,
  { build, documents, rows }: { build: string; documents: string; rows: string | null },
): Statements => {
  const document = database.prepare(
    `SELECT build AS live, key, at, body FROM "_live" LEFT JOIN ${table(documents, build)} ON key = ? WHERE projection = ?`,
  )
  if (rows === null) return { build, document, row: null, forwards: null, backwards: null }
  const name = table(rows, build)
  const page = (order: string) =>
    database.prepare(
      `SELECT key, leaf, at, body FROM ${name} WHERE key = ? AND leaf BETWEEN ? AND ? ORDER BY leaf ${order} LIMIT ? + 0`,
    )
  const row = database.prepare(`SELECT key, leaf, at, body FROM ${name} WHERE leaf = ? AND key = ?`)
  return { build, document, row, forwards: page('ASC'), backwards: page('DESC') }
}
