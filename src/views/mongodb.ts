import { connect, checkAddress as isAddress, type Waiting } from '../mongodb/connect.js'
import { Patience } from '../mongodb/patience.js'
import { openMongoBuild } from './mongodb/build.js'
import { createViewDatabase, type ViewDatabase } from './mongodb/database.js'
import { addBuild, CHECKPOINTS, pointTo, readDirectory, removeBuild } from './mongodb/directory.js'
import { explained } from './mongodb/errors.js'
import { readLease, takeLease } from './mongodb/leases.js'
import { createMongoReader } from './mongodb/reader.js'
import type { ViewReader, ViewStore } from './port.js'

export interface MongoViewOptions {
  /** `mongodb://` or `mongodb+srv://`. The database is the one it names, else `counterfoil`. */
  readonly connection: string
  /** Of this process with the server; left out: as long as the driver waits. */
  readonly patience?: Patience
}

const WRITING = { socketTimeoutMS: 60_000, maxPoolSize: 8 }
const READING = { socketTimeoutMS: 3_000, maxPoolSize: 64 }

/**
 * The views in a database of MongoDB, for any number of projectors: no transactions, guards only. Rejects with `ViewServerError`
 * where the server is not there, too old, not writable or refuses us.
 */
export const openMongoViewStore = async (options: MongoViewOptions): Promise<ViewStore> =>
  // A write that changes nothing.
  createMongoViewStore(await open(options, WRITING, (database) => database.remove(CHECKPOINTS, '')))

/** Rejects as `openMongoViewStore` does; a read ends within seconds, whatever becomes of the server. */
export const openMongoViewReader = async (options: MongoViewOptions): Promise<ViewReader> =>
  createMongoReader(await open(options, READING, (database) => database.find(CHECKPOINTS, { _id: '' }, { limit: 1 })))

const open = (
  { connection, patience = new Patience() }: MongoViewOptions,
  waiting: Waiting,
  probe: (database: ViewDatabase) => Promise<unknown>,
): Promise<ViewDatabase> =>
  connect({
    connection,
    waiting,
    patience,
    use: createViewDatabase,
    probe,
    explained,
  })

/** Throws `ViewServerError` where the driver does not take the string; nothing is sent. */
export const checkAddress = (connection: string): void => {
  isAddress(connection, explained)
}

export const createMongoViewStore = (database: ViewDatabase): ViewStore => ({
  reader: createMongoReader(database),
  liveBuild: async (projection) => (await readDirectory(database, projection)).live,
  makeLive: (projection, build) => pointTo(database, projection, build),
  createBuild: async (spec) => openMongoBuild(database, spec, await addBuild(database, spec)),
  openBuild: async (spec, build) => openMongoBuild(database, spec, build),
  builds: async (projection) => (await readDirectory(database, projection)).builds.map(({ build }) => build),
  dropBuild: ({ projection }, build) => removeBuild(database, projection, build),
  lease: (name) => readLease(database, name),
  takeLease: (name, seen, next) => takeLease(database, name, { seen, next }),
  close: () => database.close(),
})
