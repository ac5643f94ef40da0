import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import Database from 'better-sqlite3'

/**
 * SQLite files that may be lost: written without fsync, so that after a crash of the machine nothing in them can be believed. A file keeps
 * the machine's boot id; opened after another boot without the mark of a clean close it is removed and begun anew.
 */

export interface DisposableOptions {
  readonly path: string
  /** Of the tables in the file; a file of another layout is removed. */
  readonly layout: string
  /** Left out: the machine's. `'unknown'` matches no boot, not even itself. */
  readonly bootId?: string
}

export interface Disposable {
  readonly database: Database.Database
  /** The file was begun anew: it was not there, or could not be trusted. */
  readonly fresh: boolean
  /** Puts all on disk, then leaves the mark. Where readers hold the file back, it closes without the mark. */
  close(): void
}

export const machineBootId = (path = '/proc/sys/kernel/random/boot_id'): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

/** Opens for writing. The caller is the only writing process. */
export const openDisposable = ({ path, layout, bootId = machineBootId() }: DisposableOptions): Disposable => {
  const mark = `${path.slice(0, path.length - extname(path).length)}.clean`
  const clean = existsSync(mark)
  // Before anything may be written: an older mark must not vouch for what comes now.
  remove(mark)
  const known = existsSync(path) ? tryOpen(path, (meta) => trusted(meta, { layout, bootId, clean })) : null
  if (known === null) for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  const database = known ?? new Database(path)
  const put = prepare(database, { layout, bootId })

  const close = (): void => {
    if (!database.open) return
    const settled = settle(database, () => put.run('boot', bootId))
    database.close()
    if (settled) write(mark)
  }
  return { database, fresh: known === null, close }
}

interface Trust {
  readonly layout: string
  readonly bootId: string
  readonly clean: boolean
}

const trusted = (meta: ReadonlyMap<unknown, unknown>, { layout, bootId, clean }: Trust): boolean =>
  meta.get('layout') === layout && (clean || (bootId !== 'unknown' && meta.get('boot') === bootId))

/** `null`: damaged, no database at all, or not to be trusted. */
const tryOpen = (path: string, trust: (meta: ReadonlyMap<unknown, unknown>) => boolean): Database.Database | null => {
  let database: Database.Database | null = null
  try {
    database = new Database(path)
    const entries = database.prepare('SELECT name, value FROM "_meta"').raw().all() as [unknown, unknown][]
    if (trust(new Map(entries))) return database
  } catch {
    // Whatever is wrong with it, it is made again from the log.
  }
  database?.close()
  return null
}

/** Throws SQLite's error, and has closed the file. */
const prepare = (database: Database.Database, { layout, bootId }: Omit<Trust, 'clean'>): Database.Statement => {
  try {
    configure(database)
    database.exec('CREATE TABLE IF NOT EXISTS "_meta" (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID')
    const put = database.prepare('INSERT OR REPLACE INTO "_meta" VALUES (?, ?)')
    put.run('layout', layout)
    put.run('boot', bootId)
    return put
  } catch (error) {
    database.close()
    throw error
  }
}

const configure = (database: Database.Database): void => {
  // Of a file that is begun: an index that takes rows at random writes fewer pages, and is not slower where it is large.
  database.pragma('page_size = 8192')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = OFF')
  // Short checkpoints: one of 8,000 pages held every reply for 100 ms, and saved nothing that could be measured.
  database.pragma('wal_autocheckpoint = 1000')
  // The last index page of each of 10,000 accounts, which new rows go to, fits in.
  database.pragma('cache_size = -49152')
  database.pragma('temp_store = MEMORY')
}

/** With FULL the checkpoint fsyncs the whole file, if there is anything to move: hence the write. `false`: not all is on disk. */
const settle = (database: Database.Database, touch: () => void): boolean => {
  try {
    database.pragma('synchronous = FULL')
    touch()
    const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    return result?.busy === 0
  } catch {
    return false
  }
}

const write = (mark: string): void => {
  const file = openSync(mark, 'w')
  writeSync(file, 'clean\n')
  fsyncSync(file)
  closeSync(file)
  syncDirectory(mark)
}

const remove = (mark: string): void => {
  rmSync(mark, { force: true })
  syncDirectory(mark)
}

/** Of the folder of a file: after a power cut its name is still there, or still gone. */
export const syncDirectory = (path: string): void => {
  const directory = openSync(dirname(path), 'r')
  fsyncSync(directory)
  closeSync(directory)
}
