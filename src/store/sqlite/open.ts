import { StoreDamaged, StoreUnreadable } from '../errors.js'
import { assertSynchronous, BUSY_MS, type Connection, checkpoint, codeOf, connect } from './connection.js'
import type { Files } from './files.js'
import { createMark, type FoundMark, readMark } from './mark.js'
import type { WriterData } from './messages.js'

/** So long a reader is waited for before the operator hears of it. */
const PROVING_MS = 100
const SCHEMA_VERSION = '1'

/** The log cannot be proved to be on disk yet: a reader is in the way. Worth another try, as a full disk is. */
export class NotYet extends Error {}

export interface Opened {
  readonly db: Connection
  /** What an operator accepted, in words; `null`: the mark fitted. */
  readonly accepted: string | null
}

/**
 * Opens the log for writing, so that whatever is visible is on disk and reaches at least as far as its mark.
 * The lock is held by the caller. Throws `NotYet`, `StoreDamaged`, `StoreUnreadable`, and SQLite's own errors.
 */
export const openLog = (files: Files, data: WriterData): Opened => {
  let db: Connection | null = null
  try {
    db = connect(files.events)
    return { db, accepted: prove(db, files, data) }
  } catch (error) {
    db?.close()
    throw explained(error, files)
  }
}

const prove = (db: Connection, files: Files, { acceptLog, freshEpoch }: WriterData): string | null => {
  db.pragma('journal_mode = WAL')
  if (db.prepare('SELECT 1 FROM sqlite_master').get() === undefined) {
    refuse(readMark(files.mark).kind === 'found' ? 'the log is gone' : null, files, acceptLog)
    createTables(db, freshEpoch)
  }
  db.pragma(`busy_timeout = ${PROVING_MS}`)
  if (!checkpoint(db, 'TRUNCATE').done) throw new NotYet('busy: another process is reading the log')
  db.pragma(`busy_timeout = ${BUSY_MS}`)
  assertSynchronous(db)
  const [log, found] = [describe(db), readMark(files.mark)]
  if (log.schema !== SCHEMA_VERSION) {
    throw new StoreUnreadable(`${files.events} has layout ${log.schema}; this program knows ${SCHEMA_VERSION}`)
  }
  const wrong = misfit(found, log)
  refuse(wrong, files, acceptLog)
  if (wrong !== null || found.kind !== 'found') createMark(files.mark, log)
  return wrong
}

const createTables = (db: Connection, epoch: string): void => {
  db.transaction(() => {
    db.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
    db.exec(`CREATE TABLE events (
      position INTEGER PRIMARY KEY,
      stream TEXT NOT NULL,
      revision INTEGER NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,
      metadata TEXT NOT NULL,
      UNIQUE (stream, revision)
    ) STRICT`)
    db.prepare('INSERT INTO meta VALUES (?, ?), (?, ?)').run('schema', SCHEMA_VERSION, 'epoch', epoch)
  })()
}

interface Log {
  readonly schema: string
  readonly epoch: string
  readonly position: number
  readonly id: string
  idAt(position: number): string
}

const describe = (db: Connection): Log => {
  const meta = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck()
  const at = db.prepare<[number], string>('SELECT id FROM events WHERE position = ?').pluck()
  const idAt = (position: number): string => at.get(position) ?? '-'
  const position = Number(db.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get())
  return { schema: String(meta.get('schema')), epoch: String(meta.get('epoch')), position, id: idAt(position), idAt }
}

/** What is wrong between the mark and the log, in words; `null`: nothing. */
const misfit = (found: FoundMark, log: Log): string | null => {
  if (found.kind !== 'found') {
    if (log.position === 0 && (found.kind === 'missing' || found.empty)) return null
    return found.kind === 'missing' ? 'the mark is missing beside a log with events' : 'both slots of the mark are bad'
  }
  const { epoch, position, id } = found.mark
  if (epoch !== log.epoch) return `the mark belongs to another store (epoch ${epoch}, the log has ${log.epoch})`
  if (position > log.position) {
    return `the log ends at position ${log.position}, but position ${position} (event ${id}) was committed`
  }
  if (log.idAt(position) !== id)
    return `position ${position} holds event ${log.idAt(position)}, but ${id} was committed`
  return null
}

const refuse = (wrong: string | null, { events, mark }: Files, acceptLog: boolean): void => {
  if (wrong === null || acceptLog) return
  throw new StoreDamaged(
    `${events} is not what it was: ${wrong}. Restore ${events} and ${mark} from a backup, or start once with COUNTERFOIL_ACCEPT_LOG=yes, which accepts the log as it is`,
  )
}

const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB']

const explained = (error: unknown, { events }: Files): unknown => {
  const code = codeOf(error)
  if (DAMAGED.some((one) => code.startsWith(one))) {
    return new StoreDamaged(`${events} is damaged (${code}): restore it from a backup`)
  }
  return error
}
