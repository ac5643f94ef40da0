import { setImmediate as immediate } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import {
  BuildGone,
  type BuildName,
  type BuildSpec,
  type DocumentRecord,
  type JsonObject,
  type RowIndex,
  type RowKey,
  type RowRecord,
  type ViewBatch,
  type ViewBuild,
  type ViewCheckpoint,
  ViewStoreFull,
} from './port.js'

/**
 * Tables of one build. Rows are clustered by (leaf, key), so that new ones are appended; the index by which an account's rows are read
 * is the costly part (15 of 31 µs per trade at 10,000 accounts) and is left out until `finish`.
 */
export const createTables = (database: Database.Database, { documents, rows }: BuildSpec, build: BuildName): void => {
  database.exec(
    `CREATE TABLE ${table(documents, build)} (key TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  )
  if (rows === null) return
  database.exec(
    `CREATE TABLE ${table(rows, build)} (leaf INTEGER, key TEXT, at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (leaf, key)) WITHOUT ROWID`,
  )
}

export const table = (view: string, build: BuildName): string => quote(`${view}@${build}`)
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Does one piece of work on a connection after another: a transaction may be open while others have their turn on the thread. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Records written before others have their turn on the thread. */
const SLICE = 128

/** Rows read at a time where all are wanted: no statement stays open in between, so writing goes on. */
const PAGE = 1_000

export const openSqliteBuild = (
  database: Database.Database,
  spec: BuildSpec,
  name: BuildName,
  turn: Turn,
): ViewBuild => {
  const documents = documentStatements(database, table(spec.documents, name))
  const rows = spec.rows === null ? null : rowStatements(database, table(spec.rows, name))
  const checkpoints = checkpointStatements(database)
  const known = database.prepare('SELECT 1 FROM "_builds" WHERE projection = ? AND build = ?')

  const put = async ({ rows: facts, documents: states, checkpoint }: ViewBatch): Promise<void> => {
    for (const [index, { key, leaf, at, body }] of facts.entries()) {
      if (index % SLICE === SLICE - 1) await immediate()
      rows?.put.run(leaf, key, at, JSON.stringify(body))
    }
    for (const [index, { key, at, body }] of states.entries()) {
      if (index % SLICE === SLICE - 1) await immediate()
      documents.put.run(key, at, JSON.stringify(body))
    }
    if (checkpoint !== undefined)
      checkpoints.put.run(spec.projection, name, checkpoint.leaf, JSON.stringify(checkpoint))
  }

  const write = async (batch: ViewBatch): Promise<void> => {
    database.exec('BEGIN IMMEDIATE')
    try {
      if (known.get(spec.projection, name) === undefined) throw new BuildGone(`The build ${name} was dropped.`)
      await put(batch)
      database.exec('COMMIT')
    } catch (error) {
      // A full disk has ended it already.
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    name,
    checkpoint: async () => parseCheckpoint(checkpoints.get.get(spec.projection, name)),
    documents: async (keys) => keys.flatMap((key) => found(documents.get.get(key), toDocument)),
    rows: async (keys) => keys.flatMap(({ key, leaf }) => found(rows?.get.get(leaf, key), toRow)),
    commit: async (batch) => {
      try {
        await turn(() => write(batch))
      } catch (error) {
        throw refusedWith(error, 'SQLITE_FULL')
          ? new ViewStoreFull('The disk of the views is full; they are written again when there is space.')
          : error
      }
    },
    finish: async () => {
      if (spec.rows === null) return
      const statements = indexes(spec.rows, name, spec.indexes)
      await turn(async () => {
        for (const sql of statements) database.exec(sql)
      })
    },
    async *allDocuments() {
      let after: string | undefined = ''
      while (after !== undefined) {
        const page: DocumentRecord[] = documents.page.all(after, PAGE).map(toDocument)
        yield* page
        after = page.at(-1)?.key
      }
    },
    async *allRows() {
      if (rows === null) return
      let after: RowKey | undefined = { key: '', leaf: -1 }
      while (after !== undefined) {
        const page: RowRecord[] = rows.page.all(after.key, after.leaf, PAGE).map(toRow)
        yield* page
        after = page.at(-1)
      }
    },
  }
}

const documentStatements = (database: Database.Database, name: string) => ({
  get: database.prepare(`SELECT key, at, body FROM ${name} WHERE key = ?`),
  put: database.prepare(
    `INSERT INTO ${name} (key, at, body) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET at = excluded.at, body = excluded.body WHERE excluded.at > at`,
  ),
  page: database.prepare(`SELECT key, at, body FROM ${name} WHERE key > ? ORDER BY key LIMIT ? + 0`),
})

const rowStatements = (database: Database.Database, name: string) => ({
  get: database.prepare(`SELECT key, leaf, at, body FROM ${name} WHERE leaf = ? AND key = ?`),
  put: database.prepare(
    `INSERT INTO ${name} (leaf, key, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (leaf, key) DO UPDATE SET at = excluded.at, body = excluded.body WHERE excluded.at > at`,
  ),
  page: database.prepare(
    `SELECT key, leaf, at, body FROM ${name} WHERE (key, leaf) > (?, ?) ORDER BY key, leaf LIMIT ? + 0`,
  ),
})

const checkpointStatements = (database: Database.Database) => ({
  get: database.prepare('SELECT body FROM "_checkpoints" WHERE projection = ? AND build = ?'),
  put: database.prepare(
    'INSERT INTO "_checkpoints" (projection, build, leaf, body) VALUES (?, ?, ?, ?) ON CONFLICT (projection, build) DO UPDATE SET leaf = excluded.leaf, body = excluded.body WHERE excluded.leaf > leaf',
  ),
})

const indexes = (rows: string, build: BuildName, declared: readonly RowIndex[]): readonly string[] => [
  `CREATE INDEX IF NOT EXISTS ${table(`${rows}-by-key`, build)} ON ${table(rows, build)} (key, leaf)`,
  ...declared.map(({ name, fields }) => {
    const columns = fields.map((field) => `json_extract(body, '$.${field}')`)
    const index = table(`${rows}-by-${name}`, build)
    return `CREATE INDEX IF NOT EXISTS ${index} ON ${table(rows, build)} (${['key', ...columns, 'leaf'].join(', ')})`
  }),
]

const found = <Value>(record: unknown, convert: (record: unknown) => Value): readonly Value[] =>
  record === undefined ? [] : [convert(record)]

/** What our own statements select; the bodies are what `commit` wrote. */
export const toDocument = (record: unknown): DocumentRecord => {
  const { key, at, body } = record as { key: string; at: number; body: string }
  return { key, at, body: JSON.parse(body) as JsonObject }
}

export const toRow = (record: unknown): RowRecord => {
  const { key, leaf, at, body } = record as { key: string; leaf: number; at: number; body: string }
  return { key, leaf, at, body: JSON.parse(body) as JsonObject }
}

export const parseCheckpoint = (record: unknown): ViewCheckpoint | null =>
  record === undefined ? null : (JSON.parse((record as { body: string }).body) as ViewCheckpoint)

/** Whether SQLite refused with this code. */
export const refusedWith = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
