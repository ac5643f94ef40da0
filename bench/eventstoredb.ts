/**
 * Trades over HTTP on EventStoreDB, durable and visible, against the bare client's appends of the same events: one by one, 64 at once; and
 * in bulk, 500 per request, against batches of 500. Then a rebuild into MongoDB. On the doubles of the tests, or on the servers of
 * COUNTERFOIL_TEST_EVENTSTORE and COUNTERFOIL_TEST_MONGODB.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEventStoreDbLog } from '../src/store/eventstoredb.js'
import type { EventLog, NewEvent } from '../src/store/port.js'
import { spawnDouble } from '../test/support/eventstoredb/process.js'
import { audit } from './support/audit.js'
import { compare } from './support/compare.js'
import { startLedger } from './support/ledger.js'
import { type LoadOptions, load } from './support/load.js'
import { rawAppend } from './support/raw-append.js'

const ACCOUNTS = 500
const CONNECTIONS = 64
const ITEMS = 500
const BULKS = 4
const SECONDS = Number(process.env.COUNTERFOIL_BENCH_SECONDS ?? 8)
/** Of the ledger's trades that the bare client appends again. */
const SAMPLE = 10_000

const elsewhere = process.env.COUNTERFOIL_TEST_EVENTSTORE
const directory = mkdtempSync(join(process.env.COUNTERFOIL_BENCH ?? tmpdir(), 'counterfoil-double-'))
const double = elsewhere === undefined ? await spawnDouble({ directory }) : null
const connection = double?.connectionString ?? elsewhere ?? ''
const prefix = `bench${randomUUID().slice(0, 8)}-`
const ledger = await startLedger(ACCOUNTS, { COUNTERFOIL_EVENTS: connection, COUNTERFOIL_PREFIX: prefix })
const names = ledger.buyers.map(({ name }) => name)
let [runs, acknowledged] = [0, 0]

const put = async (
  workload: LoadOptions['workload'],
  { connections, items, warmupSeconds }: { connections: number; items: number; warmupSeconds: number },
): Promise<number> => {
  const result = await load({ url: ledger.url, workload, connections, warmupSeconds, seconds: SECONDS })
  console.error(JSON.stringify(result))
  acknowledged += (result.statuses['200'] ?? 0) * items
  return result.perSecond * items
}

const parts = () => {
  runs += 1
  return { amount: '0.01', keyPrefix: `r${runs}`, seed: runs }
}

const trades = (): Promise<number> =>
  put(
    { kind: 'trade', buyers: ledger.buyers, sellers: names, ...parts() },
    { connections: CONNECTIONS, items: 1, warmupSeconds: 2 },
  )

/** All of one payer's lie in one stream; those of many in one stream each. */
const bulk = (payers: number) => (): Promise<number> =>
  put(
    {
      kind: 'bulk',
      items: ITEMS,
      buyers: names.slice(0, payers),
      sellers: names.slice(200, 260),
      token: ledger.admin,
      ...parts(),
    },
    { connections: BULKS, items: ITEMS, warmupSeconds: 1 },
  )

const openLog = (): Promise<EventLog> => openEventStoreDbLog({ connection, prefix, log: console.error })

/** As the ledger stored them. */
const stored = async (): Promise<readonly NewEvent[]> => {
  const log = await openLog()
  const events = await log.readLog({ after: null, max: 2 * ACCOUNTS + SAMPLE })
  await log.close()
  return events.filter(({ type }) => type === 'Traded.v1')
}

// Warms both sides up, and makes what the bare client appends.
await trades()
const events = await stored()
const raw = (atOnce: number, perAppend: number) => (): Promise<number> =>
  rawAppend({ connection, events, atOnce, perAppend, seconds: SECONDS / 2 })

await compare(
  { name: 'trades on EventStoreDB against the bare client', unit: 'trades/s' },
  { name: 'trades over HTTP', run: trades },
  { name: `bare client, ${CONNECTIONS} at once`, run: raw(CONNECTIONS, 1) },
)
const batches = { name: `bare client, batches of ${ITEMS}`, run: raw(BULKS, ITEMS) }
await compare(
  { name: 'bulk of one payer on EventStoreDB against the bare client', unit: 'trades/s' },
  { name: 'bulk, one payer', run: bulk(1) },
  batches,
)
await compare(
  { name: 'bulk of 200 payers on EventStoreDB against the bare client', unit: 'trades/s' },
  { name: 'bulk, 200 payers', run: bulk(200) },
  batches,
)
await ledger.stop()
const { trades: found } = await audit(ledger.directory, openLog)
console.log(
  `acknowledged ${acknowledged}, stored ${found}: ${acknowledged === found ? 'equal' : 'DIFFERENT'}; balances = fold of the log`,
)
if (acknowledged !== found) process.exitCode = 1
await ledger.remove()
await double?.stop()
rmSync(directory, { recursive: true, force: true })
await import('./mongodb.js')
