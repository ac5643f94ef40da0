import { chmodSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { type Sealed, type SecretRecords, SecretsFailed, SecretsFull, SecretsUnreachable } from './port.js'

export interface SqliteSecretOptions {
  /** `…/secrets.db`; its folder must exist. */
  readonly path: string
  /** Milliseconds that another process may keep the file busy. */
  readonly patience?: number
}

const PATIENCE = 5_000
/** Milliseconds between two looks at a busy file. SQLite's own waiting would hold up the whole thread. */
const PAUSE = 5
const LAYOUT = 1

/**
 * The secrets in one SQLite file, for any number of processes. A rollback journal, not a WAL: when a commit returns, what it overwrote is gone from the
 * database and from the journal, which is cut to nothing by the commit itself.
 *
 * A destroyed value must be nowhere in the file, and SQLite's `secure_delete` leaves copies behind of what it moved from one page to another.
 * So nothing ever moves: rows are only added at the end, and a value is overwritten by one of the same length.
 * Rejects with `SecretsFailed`, `SecretsFull`, `SecretsUnreachable`.
 */
export const openSqliteSecrets = async (options: SqliteSecretOptions): Promise<SecretRecords> => {
  const { path, patience = PATIENCE } = options
  const run = runner(path, patience)
  const database = await run(() => new Database(path, { timeout: 0 }))
  try {
    await run(() => prepare(database, path))
    return await run(() => recordsIn(database, run))
  } catch (error) {
    database.close()
    throw error
  }
}

const prepare = (database: Database.Database, path: string): void => {
  for (const setting of ['journal_mode = TRUNCATE', 'synchronous = FULL', 'secure_delete = ON', 'temp_store = MEMORY'])
    database.pragma(setting)
  const layout = (): unknown => database.pragma('user_version', { simple: true })
  const create = database.transaction(() => {
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE tbl_name <> 'secrets'").get() !== undefined) {
      throw new SecretsFailed(`${path} holds something else; name another file in COUNTERFOIL_SECRETS`)
    }
    // Another process may be faster.
    database.exec(`
      CREATE TABLE IF NOT EXISTS secrets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key TEXT NOT NULL,
        sealed BLOB NOT NULL, destroyed INTEGER NOT NULL) STRICT;
      PRAGMA user_version = ${LAYOUT}`)
    chmodSync(path, 0o600)
  })
  if (layout() === 0) create.immediate()
  if (layout() !== LAYOUT) {
    throw new SecretsFailed(`${path} has layout ${layout()}; this program knows ${LAYOUT}: upgrade it`)
  }
  assertDurable(database)
}

/** SQLite builds exist that sync or overwrite less than they were told. */
export const assertDurable = (database: Database.Database): void => {
  const found = ['journal_mode', 'synchronous', 'secure_delete'].map((name) => database.pragma(name, { simple: true }))
  if (found.join() !== 'truncate,2,1') {
    throw new SecretsFailed(`SQLite runs with journal_mode, synchronous, secure_delete = ${found}, not truncate,2,1`)
  }
}

type Run = <Result>(work: () => Result) => Promise<Result>

const runner = (path: string, patience: number): Run => {
  let stopped: SecretsFailed | null = null
  return async (work) => {
    const deadline = performance.now() + patience
    for (;;) {
      if (stopped !== null) throw stopped
      try {
        return work()
      } catch (error) {
        if (!(error instanceof Database.SqliteError)) throw error
        const { code, message } = error
        if (code === 'SQLITE_FULL') throw new SecretsFull(`there is no space for ${path}; nothing was stored`)
        if (!code.startsWith('SQLITE_BUSY')) {
          // After a failed fsync nothing that the disk says may be believed.
          const lasting = code.startsWith('SQLITE_IOERR')
          const next = lasting ? '; look at the disk, then start again' : ''
          const failed = new SecretsFailed(`${path} cannot be used (${code}): ${message}${next}`)
          if (lasting) stopped = failed
          throw failed
        }
        if (performance.now() >= deadline) throw new SecretsUnreachable(`another process keeps ${path} busy`)
      }
      await sleep(PAUSE)
    }
  }
}

interface Row {
  readonly name: string
  readonly key: string
  readonly sealed: Uint8Array
  readonly destroyed: number
}

const recordsIn = (database: Database.Database, run: Run): SecretRecords => {
  const insert = database.prepare(
    'INSERT INTO secrets (name, key, sealed, destroyed) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING',
  )
  const read = database.prepare<[string], Row>('SELECT * FROM secrets WHERE name = ?')
  // As long as before: the row stays where it is, and the old bytes are under the zeros.
  const destroy = database.prepare(`INSERT INTO secrets (name, key, sealed, destroyed) VALUES (?, '', x'', 1)
    ON CONFLICT DO UPDATE SET sealed = zeroblob(length(sealed)), destroyed = 1`)
  const others = 'FROM secrets WHERE destroyed = 0 AND key <> ?'
  const page = database.prepare<[string, string, number], Row>(
    `SELECT * ${others} AND name > ? ORDER BY name LIMIT ? + 0`,
  )
  const count = database.prepare<[string], number>(`SELECT count(*) ${others}`).pluck()
  const replace = database.prepare(
    'UPDATE secrets SET key = ?, sealed = ? WHERE name = ? AND key = ? AND destroyed = 0',
  )
  const replaceAll = database.transaction((records: Parameters<SecretRecords['replace']>[0]) =>
    records.reduce((sum, { name, from, sealed }) => sum + replace.run(sealed.key, sealed.bytes, name, from).changes, 0),
  )
  return {
    insert: ({ name, sealed }) => run(() => insert.run(name, sealed.key, sealed.bytes).changes === 1),
    read: (name) => run(() => toSealed(read.get(name))),
    destroy: async (name) => {
      await run(() => destroy.run(name))
    },
    page: ({ after, notUnder, max }) =>
      run(() =>
        page.all(notUnder, after ?? '', max).map(({ name, key, sealed }) => ({ name, sealed: { key, bytes: sealed } })),
      ),
    countNotUnder: (key) => run(() => Number(count.get(key))),
    replace: (records) => run(() => replaceAll.immediate(records)),
    close: async () => {
      database.close()
    },
  }
}

const toSealed = (row: Row | undefined): Sealed | 'destroyed' | null => {
  if (row === undefined) return null
  return row.destroyed === 1 ? 'destroyed' : { key: row.key, bytes: row.sealed }
}
