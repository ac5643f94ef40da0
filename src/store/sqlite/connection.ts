import Database from 'better-sqlite3'
import { StoreUnreadable } from '../errors.js'

export type Connection = Database.Database

/** Longer than a checkpoint can hold the writer up: a busy file is no reason to give up. */
export const BUSY_MS = 60_000

/** A connection that may write and never syncs less than it says. */
export const connect = (path: string): Connection => {
  const db = new Database(path, { timeout: BUSY_MS })
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  // Where a commit has put pages of an index in order, SQLite looks at every page of its cache; what a commit changed stays in it, however large.
  db.pragma('cache_size = -4096')
  db.pragma('cache_spill = OFF')
  return db
}

/** After a write: SQLite builds exist that fall back to NORMAL in WAL mode, where a power cut loses what was acknowledged. */
export const assertSynchronous = (db: Connection): void => {
  const level = db.pragma('synchronous', { simple: true })
  if (level !== 2) throw new StoreUnreadable(`SQLite runs with synchronous = ${level}, not FULL (2)`)
}

/** SQLite's extended code or the system's: `SQLITE_FULL`, `ENOSPC`. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** While opening: with a full disk the shared-memory file cannot grow either. Nothing was acknowledged yet, so trying again is safe. */
export const isFull = (error: unknown): boolean =>
  ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC'].includes(codeOf(error))

export const detailOf = (error: unknown): string =>
  error instanceof Error ? `${codeOf(error)} ${error.message}`.trim() : String(error)

/** `log`: pages in the WAL; `done`: all of them are in the database now, and on disk. */
export const checkpoint = (
  db: Connection,
  mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE',
): { log: number; done: boolean } => {
  const row = db.prepare(`PRAGMA wal_checkpoint(${mode})`).raw().all().flat().map(Number)
  const [busy, log, checkpointed] = row
  return { log: Number(log), done: busy === 0 && log === checkpointed }
}
