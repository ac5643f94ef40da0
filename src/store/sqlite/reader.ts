import type { Position, ReadLog, ReadStream, RecordedEvent } from '../port.js'
import type { Connection } from './connection.js'

const COLUMNS = 'id, type, data, metadata, stream, revision, position'
type Row = [string, string, string, string, string, number, number]

/** The reads of the port on one connection. */
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
        ? forwards(stream, from ?? 0, max)
        : backwards(stream, from ?? Number.MAX_SAFE_INTEGER, max),
    log: ({ after, max }) => log(after ?? 0, max),
    at: (position) => at(position)[0],
  }
}

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
      statement.get(...binds)
      const read = page
      page = []
      return read
    }
  }
}
