import Database from 'better-sqlite3'
import { StoreClosed, StoreUnreadable } from '../errors.js'
import type { EventLog, Position, ReadLog, ReadStream, RecordedEvent, Subscribe } from '../port.js'
import { Subscriptions } from '../subscriptions.js'
import { type Connection, detailOf } from './connection.js'
import { createReader, type Reader } from './reader.js'

const POLL_MS = 100

/** Reading without the lock; `wake` lets a subscription look for new events before its 100 ms are over. */
export interface WakeableEventLog extends EventLog {
  wake(): void
}

/** Throws `StoreUnreadable`. */
export const openReader = (path: string): { db: Connection; reader: Reader } => {
  let db: Connection | null = null
  try {
    db = new Database(path, { readonly: true })
    return { db, reader: createReader(db) }
  } catch (error) {
    db?.close()
    throw new StoreUnreadable(`${path} cannot be read as an event store: ${detailOf(error)}`)
  }
}

/**
 * The log of a SQLite store for other threads and processes; any number, beside the one that writes.
 * Rejects with `StoreUnreadable`, also where the store was never made.
 */
export const openSqliteEventLog = async ({ path }: { path: string }): Promise<WakeableEventLog> => {
  const { db, reader } = openReader(path)
  const subscriptions = new Subscriptions((options) => reader.log(options), POLL_MS)
  const reading = (): Reader => {
    if (!db.open) throw new StoreClosed(`the log ${path} was closed`)
    return reader
  }
  return {
    epoch: reader.epoch,
    readStream: async (stream: string, options: ReadStream): Promise<readonly RecordedEvent[]> =>
      reading().stream(stream, options),
    readLog: async (options: ReadLog): Promise<readonly RecordedEvent[]> => reading().log(options),
    eventAt: async (position: Position) => reading().at(position),
    subscribe: (options: Subscribe) => subscriptions.subscribe(options),
    wake: () => subscriptions.wake(),
    close: async () => {
      subscriptions.close()
      db.close()
    },
  }
}
