import { StoreDamaged } from '../errors.js'
import type { Position, ReadLog, ReadStream, RecordedEvent } from '../port.js'
import { type Connection, codeOf, detailOf } from './connection.js'

const COLUMNS = 'id, type, data, metadata, stream, revision, position'
type Row = [string, string, string, string, string, number, number]

/** The reads of the port on one connection. They throw `StoreDamaged` where the file is no good, and where an event is gone between others of a page or before it. */
export interface Reader {
  readonly epoch: string
  stream(stream: string, options: ReadStream): RecordedEvent[]
  log(options: ReadLog): RecordedEvent[]
  at(position: Position): RecordedEvent | undefined
}

export const createReader = (db: Connection): Reader => {
  const read = collector(db)
  const forwards = read<[string, number, number]>('stream = ? AND revision >= ? ORDER BY revision LIMIT ? + 0')
  const backwards = read<[string, number, number]>('stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ? + 0')
  const log = read<[number, number]>('position > ? ORDER BY position LIMIT ? + 0')
  const at = read<[number]>('position = ? LIMIT 1')
  const epoch = db.prepare("SELECT value FROM meta WHERE name = 'epoch'").pluck().get()
  return {
    epoch: String(epoch),
    stream: (stream, { direction, from, max }) =>
      direction === 'forwards'
        ? unbrokenStream(forwards(stream, from ?? 0, max), from ?? 0, 1)
        : unbrokenStream(backwards(stream, from ?? Number.MAX_SAFE_INTEGER, max), null, -1),
    log: ({ after, max }) => unbrokenLog(log(after ?? 0, max), after ?? 0),
    at: (position) => at(position)[0],
  }
}

/** The writer numbers what it stores without gaps, so the last number tells whether all are there. */
const unbrokenLog = (page: RecordedEvent[], after: number): RecordedEvent[] => {
  if ((page.at(-1)?.position ?? after) === after + page.length) return page
  const missing = page.find(({ position }, index) => position !== after + 1 + index)
  throw new StoreDamaged(`the log lacks events before position ${missing?.position}: they were committed and are gone`)
}

/** `first`: the revision it must begin with; `null`: any. */
const unbrokenStream = (page: RecordedEvent[], first: number | null, step: 1 | -1): RecordedEvent[] => {
  const begin = first ?? page[0]?.revision
  if (begin === undefined) return page
  const missing = page.find(({ revision }, index) => revision !== begin + step * index)
  if (missing === undefined) return page
  throw new StoreDamaged(
    `${missing.stream} lacks an event beside its revision ${missing.revision}: it was committed and is gone`,
  )
}

/** SQLite finds damage when it reads the page that is damaged. */
const damaged = (error: unknown): unknown =>
  /^SQLITE_(?:CORRUPT|NOTADB)/.test(codeOf(error))
    ? new StoreDamaged(`the file of the events is damaged: ${detailOf(error)}. Restore it from a backup`)
    : error

/**
 * Prepares reads. SQLite hands each row to a function of ours, because on Node 20 the driver builds rows member by member, which takes half
 * as long again as reading them. The inner query has a limit, so its order is kept.
 */
const collector = (db: Connection) => {
  let page: RecordedEvent[] = []
  const take = (...[id, type, data, metadata, stream, revision, position]: Row): null => {
    page.push({ id, type, data, metadata, stream, revision, position })
    return null
  }
  db.function('take', { varargs: true, directOnly: true }, take)
  return <Binds extends unknown[]>(which: string) => {
    const inner = `SELECT ${COLUMNS} FROM events WHERE ${which}`
    const statement = db.prepare<Binds>(`SELECT count(take(${COLUMNS})) FROM (${inner})`).pluck()
    return (...binds: Binds): RecordedEvent[] => {
      page = []
      try {
        statement.get(...binds)
      } catch (error) {
        throw damaged(error)
      }
      const read = page
      page = []
      return read
    }
  }
}
