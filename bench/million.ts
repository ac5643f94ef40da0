/** A million trades in bulk, then a rebuild beside the live views: equal byte for byte, books balanced, acknowledged = stored. */
import { audit } from './support/audit.js'
import { startLedger } from './support/ledger.js'
import { load } from './support/load.js'

const TRADES = Number(process.env.COUNTERFOIL_BENCH_EVENTS ?? 1_000_000)
const ITEMS = 500
const ROUND = 20

const ledger = await startLedger(1_000)
const names = ledger.buyers.map(({ name }) => name)
const begin = performance.now()
let [acknowledged, rounds] = [0, 0]
while (acknowledged < TRADES) {
  rounds += 1
  const { statuses } = await load({
    url: ledger.url,
    workload: {
      kind: 'bulk',
      items: ITEMS,
      buyers: names.slice(0, 400),
      sellers: names.slice(400, 500),
      amount: '0.01',
      token: ledger.admin,
      keyPrefix: `m${rounds}`,
      seed: rounds,
    },
    connections: 4,
    warmupSeconds: 0,
    seconds: ROUND,
  })
  if (Object.keys(statuses).some((status) => status !== '200')) throw new Error(JSON.stringify(statuses))
  acknowledged += (statuses['200'] ?? 0) * ITEMS
  console.error(`${acknowledged} trades in ${((performance.now() - begin) / 1000).toFixed(0)} s`)
}
const started = performance.now()
const reply = await fetch(`${ledger.url}/v1/rebuilds`, {
  method: 'POST',
  headers: { authorization: ledger.admin, 'content-type': 'application/json' },
  body: '{}',
})
const lines = (await reply.text()).trim().split('\n')
console.log(`rebuild in ${((performance.now() - started) / 1000).toFixed(1)} s: ${lines.at(-1)}`)
await ledger.stop()
const { events, trades } = await audit(ledger.directory)
console.log(
  `acknowledged ${acknowledged}, stored ${trades} of ${events} events; balances = fold of the log; the books balance`,
)
if (acknowledged !== trades || !lines.at(-1)?.includes('"different":0')) process.exitCode = 1
await ledger.remove()
