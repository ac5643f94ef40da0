/**
 * A rebuild of balances and entries into MongoDB against the driver's own bulk writes of the same rows. It runs on the server of the
 * tests, in memory (npm run test:stores has fetched it), or on that of COUNTERFOIL_TEST_MONGODB.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { catalogue, upcasts } from '../events/catalogue.js'
import { catchUp } from '../src/follower/catch-up.js'
import { openRunner, specOf } from '../src/follower/runner.js'
import { ledger } from '../src/projections/ledger.js'
import { createDecoder } from '../src/store/decode.js'
import { openSqliteEventLog } from '../src/store/sqlite.js'
import { createMemoryViewStore } from '../src/views/memory.js'
import { fromRow } from '../src/views/mongodb/records.js'
import { openMongoViewStore } from '../src/views/mongodb.js'
import type { ViewBuild, ViewStore } from '../src/views/port.js'
import { mongoDatabases } from '../test/support/mongodb.js'
import { compare } from './support/compare.js'
import { manyEvents } from './support/many-events.js'

const TRADES = Number(process.env.COUNTERFOIL_BENCH_EVENTS ?? 50_000)
/** The server of the tests looks through all documents for a guarded write: few, so that it is not its search that is measured. */
const ACCOUNTS = 300
const AT_ONCE = 1_000

const directory = mkdtempSync(join(process.env.COUNTERFOIL_BENCH ?? tmpdir(), 'counterfoil-mongodb-'))
const path = await manyEvents(directory, TRADES, ACCOUNTS)
const teardowns: (() => Promise<unknown>)[] = []
const ending = { teardown: (work: () => Promise<unknown>) => void teardowns.unshift(work) }
const connection = (await mongoDatabases(ending))(ending)
const decode = createDecoder(catalogue, upcasts)
const { signal } = new AbortController()
const spec = specOf(ledger)

const rebuild = async (build: ViewBuild): Promise<void> => {
  const log = await openSqliteEventLog({ path })
  const runner = await openRunner({ projection: ledger, build, log, sleep: async () => undefined, deferred: true })
  await catchUp({ log, decode, consumer: runner, signal })
  await runner.settle(signal)
  await build.finish()
  await log.close()
}

const rowsOf = async (views: ViewStore) => {
  const build = await views.createBuild(spec)
  await rebuild(build)
  const rows: ReturnType<typeof fromRow>[] = []
  for await (const row of build.allRows()) rows.push(fromRow(row))
  return rows.sort((a, b) => (a._id < b._id ? -1 : 1))
}

const rows = await rowsOf(createMemoryViewStore())
const views = await openMongoViewStore({ connection })
const client = new MongoClient(connection)
const raw = client.db(undefined, { writeConcern: { w: 'majority', journal: true } })
let round = 0

const rebuilt = async (): Promise<number> => {
  const build = await views.createBuild(spec)
  const start = performance.now()
  await rebuild(build)
  const speed = rows.length / ((performance.now() - start) / 1000)
  await views.dropBuild(spec, build.name)
  return speed
}

const written = async (): Promise<number> => {
  round += 1
  const collection = raw.collection<(typeof rows)[number]>(`raw-${round}`)
  const start = performance.now()
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE).map((document) => ({ insertOne: { document } }))
    await collection.bulkWrite(some, { ordered: false })
  }
  const speed = rows.length / ((performance.now() - start) / 1000)
  await collection.drop()
  return speed
}

// The server compiles itself while it works.
await written()
await rebuilt()
await compare(
  { name: `rebuild of ${rows.length} entries into MongoDB`, unit: 'rows/s', rounds: 2 },
  { name: 'rebuild with amounts', run: rebuilt },
  { name: "the driver's bulkWrite", run: written },
)
await Promise.all([views.close(), client.close()])
for (const teardown of teardowns) await teardown()
rmSync(directory, { recursive: true, force: true })
