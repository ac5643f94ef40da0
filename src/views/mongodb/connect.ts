import { MongoClient, ReadConcern } from 'mongodb'
import { createViewDatabase, type ViewDatabase } from './database.js'
import { explained, masked, ViewServerError } from './errors.js'

export interface MongoViewOptions {
  /** `mongodb://` or `mongodb+srv://`. The database is the one it names, else `counterfoil`. */
  readonly connection: string
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

/** `probe` shows that the server does what will be asked of it. Rejects with `ViewServerError`. */
export const connect = async (
  { connection }: MongoViewOptions,
  waiting: Waiting,
  probe: (database: ViewDatabase) => Promise<unknown>,
): Promise<ViewDatabase> => {
  const address = masked(connection)
  const client = createClient(connection, address, waiting)
  const database = createViewDatabase(client.db(nameOf(connection), CONCERNS), address, () => client.close())
  try {
    await client.connect()
    await probe(database)
    return database
  } catch (error) {
    await client.close()
    throw explained(error, address)
  }
}

/** Throws `ViewServerError` where the driver does not take the string; nothing is sent. */
export const checkAddress = (connection: string): void => {
  createClient(connection, masked(connection), { socketTimeoutMS: 0, maxPoolSize: 1 })
}

const createClient = (connection: string, address: string, waiting: Waiting): MongoClient => {
  try {
    return new MongoClient(connection, {
      appName: 'counterfoil',
      ...PATIENCE,
      ...waiting,
      waitQueueTimeoutMS: waiting.socketTimeoutMS,
    })
  } catch {
    // What the driver says may quote the password.
    throw new ViewServerError({
      code: 'views_address_invalid',
      message: `${address} is no connection string of MongoDB with options that it knows; write mongodb://user:password@host:27017/database, with special characters percent-encoded`,
    })
  }
}

/** Of a connection string that the driver takes. */
const nameOf = (connection: string): string => {
  const [, name = DATABASE] = /^[^/]*\/\/[^/?]*\/([^?]+)/.exec(connection) ?? []
  return decodeURIComponent(name)
}
