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
  const forwards = db.prepare<[string, number, number], Row>(
    `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
  )
  const backwards = db.prepare<[string, number, number], Row>(
    `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`,
  )
  const log = db.prepare<[number, number], Row>(
    `SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
  )
  const at = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM events WHERE position = ?`)
  const epoch = db.prepare("SELECT value FROM meta WHERE name = 'epoch'").pluck().get()
  for (const statement of [forwards, backwards, log, at]) statement.raw()
  return {
    epoch: String(epoch),
    stream: (stream, { direction, from, max }) =>
      direction === 'forwards'
        ? forwards.all(stream, from ?? 0, max).map(recorded)
        : backwards.all(stream, from ?? Number.MAX_SAFE_INTEGER, max).map(recorded),
    log: ({ after, max }) => log.all(after ?? 0, max).map(recorded),
    at: (position) => at.all(position).map(recorded)[0],
  }
}

const recorded = ([id, type, data, metadata, stream, revision, position]: Row): RecordedEvent => ({
  id,
  type,
  data,
  metadata,
  stream,
  revision,
  position,
})
