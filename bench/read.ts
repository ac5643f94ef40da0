/** A balance read over HTTP, each by the account's own token, against Fastify's hello GET. */
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
const tokens = ledger.buyers.map(({ token }) => token)

const reads = async (name: string, url: string, paths: readonly string[]): Promise<number> => {
  const result = await load({ url, workload: { kind: 'plain', method: 'GET', paths, tokens }, ...timing })
  console.error(`${name}: ${JSON.stringify(result)}`)
  return result.perSecond
}

const balances = ledger.buyers.map(({ name }) => `/bill/${name}`)
await compare(
  { name: 'balance read against hello', unit: 'requests/s' },
  { name: 'GET /bill/:loginname', run: () => reads('reads', ledger.url, balances) },
  { name: 'hello GET', run: () => reads('hello', hello.url, ['/hello']) },
)
await hello.stop()
await ledger.remove()
