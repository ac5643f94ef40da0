import { type Db, MongoClient, ReadConcern } from 'mongodb'
import { AddressInvalid, isAway, masked } from './errors.js'
import type { Patience } from './patience.js'

/** A database of a server that answered. */
export interface Connected {
  readonly db: Db
  /** Asks the server something. Rejects with what `explained` makes of an error. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export interface Connecting<Database> {
  /** `mongodb://` or `mongodb+srv://`. The database is the one it names, else `counterfoil`. */
  readonly connection: string
  readonly waiting: Waiting
  readonly patience: Patience
  /** What is done with the database. */
  readonly use: (connected: Connected) => Database
  /** Shows that the server does what will be asked of it. */
  readonly probe: (database: Database) => Promise<unknown>
  /** What is thrown instead of an error of the driver, or of `AddressInvalid`. */
  readonly explained: (error: unknown, address: string) => unknown
}

/** How a client waits. */
export interface Waiting {
  /** Milliseconds until an answer comes. */
  readonly socketTimeoutMS: number
  /** Connections; who finds none free waits as long as for an answer. */
  readonly maxPoolSize: number
}

const DATABASE = 'counterfoil'

/** Milliseconds. A server that is gone or frozen is noticed by its heartbeat, which also ends what waits for an answer. */
const PATIENCE = { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 3_000, heartbeatFrequencyMS: 2_000 }

/** Whatever the connection string says: what is read was written for good, and what is written stays. */
const CONCERNS = {
  readConcern: new ReadConcern('majority'),
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} as const

/** Rejects with what `explained` makes of an error. */
export const connect = async <Database>(options: Connecting<Database>): Promise<Database> => {
  const { connection, waiting, patience, use, probe, explained } = options
  const client = checkAddress(connection, explained, waiting)
  const address = masked(connection)
  const run: Connected['run'] = async (work) => {
    try {
      return await patience.wait(work, (error) => isAway(error, address))
    } catch (error) {
      throw explained(error, address)
    }
  }
  try {
    const database = use({ db: client.db(nameOf(connection), CONCERNS), run, close: () => client.close() })
    await run(() => client.connect())
    await probe(database)
    return database
  } catch (error) {
    await client.close()
    throw explained(error, address)
  }
}

const NOBODY = { socketTimeoutMS: 0, maxPoolSize: 1 }

/** Throws what `explained` makes of it where the driver does not take the string; nothing is sent. */
export const checkAddress = (
  connection: string,
  explained: Connecting<unknown>['explained'],
  waiting: Waiting = NOBODY,
): MongoClient => {
  try {
    return new MongoClient(connection, {
      appName: 'counterfoil',
      ...PATIENCE,
      ...waiting,
      waitQueueTimeoutMS: waiting.socketTimeoutMS,
    })
  } catch {
    // What the driver says may quote the password.
    const address = masked(connection)
    throw explained(new AddressInvalid(address), address)
  }
}

/** Of a connection string that the driver takes. */
const nameOf = (connection: string): string => {
  const [, name = DATABASE] = /^[^/]*\/\/[^/?]*\/([^?]+)/.exec(connection) ?? []
  return decodeURIComponent(name)
}
