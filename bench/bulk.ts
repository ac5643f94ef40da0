/** Bulk trades, durable and visible, against a raw SQLite group commit of the same rows. */
import { audit } from './support/audit.js'
import { compare } from './support/compare.js'
import { startLedger } from './support/ledger.js'
import { load } from './support/load.js'
import { rawCommit } from './support/raw-commit.js'

const ITEMS = 500
const SECONDS = Number(process.env.COUNTERFOIL_BENCH_SECONDS ?? 8)
const ROWS = 200_000

const ledger = await startLedger(1_000)
const names = ledger.buyers.map(({ name }) => name)
let [runs, acknowledged] = [0, 0]

const bulk = async (): Promise<number> => {
  runs += 1
  const buyers = names.slice(0, 200)
  const sellers = names.slice(200, 260)
  const result = await load({
    url: ledger.url,
    workload: {
      kind: 'bulk',
      items: ITEMS,
      buyers,
      sellers,
      amount: '0.01',
      token: ledger.admin,
      keyPrefix: `b${runs}`,
      seed: runs,
    },
    connections: 4,
    warmupSeconds: 1,
    seconds: SECONDS,
  })
  acknowledged += (result.statuses['200'] ?? 0) * ITEMS
  return result.perSecond * ITEMS
}

await compare(
  { name: 'bulk against raw group commit', unit: 'trades/s' },
  { name: 'bulk, 500 per request', run: bulk },
  { name: 'raw SQLite, 500 per commit', run: () => rawCommit(ledger.directory, ROWS, ITEMS) },
)
await ledger.stop()
const { trades } = await audit(ledger.directory)
console.log(
  `acknowledged ${acknowledged}, stored ${trades}: ${acknowledged === trades ? 'equal' : 'DIFFERENT'}; balances = fold of the log`,
)
if (acknowledged !== trades) process.exitCode = 1
await ledger.remove()
