import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventsLocation, eventsLocation } from '../../../src/locations.js'
import type { EventLog } from '../../../src/store/port.js'
import { openEventLog } from '../../../src/stores.js'
import { openMongoViewStore } from '../../../src/views/mongodb.js'
import type { ViewStore } from '../../../src/views/port.js'
import { type DoubleProcess, spawnDouble } from '../../support/eventstoredb/process.js'
import { type MongoServer, startMongo } from '../../support/mongodb.js'
import { root } from '../../support/root.js'

/** Both production stores as servers of our own, each to be killed, and a folder for all that lies on disk. */
export interface Stores {
  readonly home: string
  readonly double: DoubleProcess
  readonly mongo: MongoServer
  /** For the processes that work on them. */
  readonly env: Readonly<Record<string, string>>
  readonly log: EventLog
  /** A client of its own. */
  readonly views: ViewStore
  /** `keep`: leaves the folder. */
  close(keep: boolean): Promise<void>
}

const PREFIX = 'torture-'
const ignore = (): void => undefined

export const startStores = async (name: string): Promise<Stores> => {
  const prepared = spawnSync(process.execPath, [join(root, 'scripts', 'mongodb-server.mjs')], { stdio: 'inherit' })
  if (prepared.status !== 0) throw new Error('there is no server that speaks the protocol of MongoDB')
  const home = mkdtempSync(join(tmpdir(), `counterfoil-${name}-`))
  const double = await spawnDouble({ directory: join(home, 'events') })
  let killMongo = async (): Promise<unknown> => undefined
  const teardown = (work: () => Promise<unknown>): void => {
    killMongo = work
  }
  const mongo = await startMongo({ teardown }, { file: join(home, 'views.mv') })
  const env = {
    COUNTERFOIL_EVENTS: double.connectionString,
    COUNTERFOIL_VIEWS: mongo.url('torture'),
    COUNTERFOIL_PREFIX: PREFIX,
  }
  const location: EventsLocation = eventsLocation('COUNTERFOIL_EVENTS', double.connectionString, PREFIX)
  const log = await openEventLog(location, { waking: null, log: ignore })
  const views = await openMongoViewStore({ connection: env.COUNTERFOIL_VIEWS })
  const close = async (keep: boolean): Promise<void> => {
    await Promise.all([log.close(), views.close()])
    await Promise.all([double.stop(), killMongo()])
    if (!keep) rmSync(home, { recursive: true, force: true })
  }
  return { home, double, mongo, env, log, views, close }
}
