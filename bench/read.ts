/** A balance read over HTTP, each by the account's own token, against Fastify's hello GET. */
import { startBesideHello } from './support/beside-hello.js'
import { compare } from './support/compare.js'

const { ledger, hello, measure, stop } = await startBesideHello()
const tokens = ledger.buyers.map(({ token }) => token)
const balances = ledger.buyers.map(({ name }) => `/bill/${name}`)

const reads = (name: string, url: string, paths: readonly string[]): Promise<number> =>
  measure(name, url, { kind: 'plain', method: 'GET', paths, tokens })

await compare(
  { name: 'balance read against hello', unit: 'requests/s', rounds: 3, warm: true },
  { name: 'GET /bill/:loginname', run: () => reads('reads', ledger.url, balances) },
  { name: 'hello GET', run: () => reads('hello', hello, ['/hello']) },
)
await stop()
