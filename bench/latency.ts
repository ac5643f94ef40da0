/** Open loop: trades fall due at a fixed rate, whatever the server does; latency counts from then. */
import { startLedger } from './support/ledger.js'
import { load } from './support/load.js'

const RATE = Number(process.env.COUNTERFOIL_BENCH_RATE ?? 5_000)
const SECONDS = Number(process.env.COUNTERFOIL_BENCH_SECONDS ?? 10)

const ledger = await startLedger(1_000)
const sellers = ledger.buyers.map(({ name }) => name)
const workload = { kind: 'trade', buyers: ledger.buyers, sellers, amount: '0.01', keyPrefix: 'open', seed: 1 } as const
const result = await load({
  url: ledger.url,
  workload,
  connections: 128,
  warmupSeconds: 3,
  seconds: SECONDS,
  rate: RATE,
})
const { p50, p99, p999, max } = result.latency
console.log(
  `${RATE} trades/s due: ${result.perSecond.toFixed(0)}/s answered, p50 ${p50} ms, p99 ${p99} ms, p999 ${p999} ms, max ${max} ms`,
)
console.log(JSON.stringify({ name: 'open loop', rate: RATE, ...result }))
await ledger.remove()
