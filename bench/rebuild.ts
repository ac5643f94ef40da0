/** Rebuilds from a long log against a scan of its rows with JSON.parse: balances and trial balance; and with the entries. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalogue, upcasts } from '../events/catalogue.js'
import { catchUp } from '../src/follower/catch-up.js'
import type { AnyProjection } from '../src/follower/projection.js'
import { openRunner, specOf } from '../src/follower/runner.js'
import { postings } from '../src/ledger/postings.js'
import { ledger } from '../src/projections/ledger.js'
import { TrialBalance } from '../src/reports/trial-balance.js'
import { createDecoder } from '../src/store/decode.js'
import { openSqliteEventLog } from '../src/store/sqlite.js'
import { openSqliteViewStore } from '../src/views/sqlite.js'
import { compare } from './support/compare.js'
import { manyEvents } from './support/many-events.js'
import { scan } from './support/scan.js'

const TRADES = Number(process.env.COUNTERFOIL_BENCH_EVENTS ?? 1_000_000)
const ACCOUNTS = 10_000

const directory = mkdtempSync(join(process.env.COUNTERFOIL_BENCH ?? tmpdir(), 'counterfoil-rebuild-'))
const path = await manyEvents(directory, TRADES, ACCOUNTS)
const decode = createDecoder(catalogue, upcasts)
const { signal } = new AbortController()
const balances: AnyProjection = { ...ledger, rows: null, rowKeys: () => [] }

const rebuilt = async (projection: AnyProjection, trial: TrialBalance | null): Promise<number> => {
  const log = await openSqliteEventLog({ path })
  const views = openSqliteViewStore({ path: join(directory, 'views.db') })
  const build = await views.createBuild(specOf(projection))
  const start = performance.now()
  const runner = await openRunner({ projection, build, log, sleep: async () => undefined, deferred: true })
  await catchUp({
    log,
    decode,
    signal,
    consumer: {
      name: 'bench',
      checkpoint: null,
      handle: async (batch, until) => {
        await runner.handle(batch, until)
        if (trial !== null) for (const event of batch.events) trial.add(postings(event))
      },
    },
  })
  await runner.settle(signal)
  await build.finish()
  const seconds = (performance.now() - start) / 1000
  if (trial !== null && trial.imbalances().length > 0) throw new Error('The books do not balance.')
  const speed = (runner.leaf + 1) / seconds
  await views.dropBuild(specOf(projection), build.name)
  await views.close()
  await log.close()
  return speed
}

const baseline = { name: 'scan + JSON.parse', run: () => scan(path) }
await compare(
  { name: 'rebuild of balances and trial balance', unit: 'events/s' },
  { name: 'balances and trial balance', run: () => rebuilt(balances, new TrialBalance()) },
  baseline,
)
await compare(
  { name: 'rebuild with amounts', unit: 'events/s' },
  { name: 'balances and amounts', run: () => rebuilt(ledger, null) },
  baseline,
)
rmSync(directory, { recursive: true, force: true })
