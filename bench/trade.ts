/** Trades over HTTP, durable and visible, against Fastify's hello; and a hot seller against uniform ones. */
import { compare } from './support/compare.js'
import { startLedger } from './support/ledger.js'
import { load } from './support/load.js'
import { scripts, startServer } from './support/server.js'

const ACCOUNTS = 1_000
const CONNECTIONS = 64
const SECONDS = Number(process.env.COUNTERFOIL_BENCH_SECONDS ?? 8)

const ledger = await startLedger(ACCOUNTS)
const hello = await startServer(scripts.hello)
const timing = { connections: CONNECTIONS, warmupSeconds: 2, seconds: SECONDS }
let runs = 0

const trades = async (sellers: readonly string[]): Promise<number> => {
  runs += 1
  const workload = {
    kind: 'trade',
    buyers: ledger.buyers,
    sellers,
    amount: '0.01',
    keyPrefix: `r${runs}`,
    seed: runs,
  } as const
  const result = await load({ url: ledger.url, workload, ...timing })
  console.error(`trades: ${JSON.stringify(result)}`)
  return result.perSecond
}

const helloPost = async (): Promise<number> => {
  const body = JSON.stringify({ trade_amount: '0.01', trade_user: 'a1' })
  const result = await load({
    url: hello.url,
    workload: { kind: 'plain', method: 'POST', paths: ['/hello'], body },
    ...timing,
  })
  console.error(`hello: ${JSON.stringify(result)}`)
  return result.perSecond
}

const names = ledger.buyers.map(({ name }) => name)
const uniform = { name: 'trades, uniform', run: () => trades(names) }
await compare({ name: 'trade against hello', unit: 'requests/s' }, uniform, { name: 'hello POST', run: helloPost })
if (process.env.COUNTERFOIL_BENCH_HOT !== 'no') {
  await compare(
    { name: 'hot seller against uniform', unit: 'requests/s' },
    { name: 'one seller', run: () => trades(['a0']) },
    uniform,
  )
}
await hello.stop()
await ledger.remove()
