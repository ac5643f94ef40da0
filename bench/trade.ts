/** Trades over HTTP, durable and visible, against Fastify's hello; and a hot seller against uniform ones. */
import { startBesideHello } from './support/beside-hello.js'
import { compare } from './support/compare.js'

const ROUNDS = 3

const { ledger, hello, measure, stop } = await startBesideHello()
const { buyers } = ledger
let runs = 0

const trades = (sellers: readonly string[]): Promise<number> => {
  runs += 1
  const keyPrefix = `r${runs}`
  return measure('trades', ledger.url, { kind: 'trade', buyers, sellers, amount: '0.01', keyPrefix, seed: runs })
}

const helloPost = (): Promise<number> => {
  const body = JSON.stringify({ trade_amount: '0.01', trade_user: 'a1' })
  return measure('hello', hello, { kind: 'plain', method: 'POST', paths: ['/hello'], body })
}

const names = buyers.map(({ name }) => name)
const uniform = { name: 'trades, uniform', run: () => trades(names) }
await compare({ name: 'trade against hello', unit: 'requests/s', rounds: ROUNDS, warm: true }, uniform, {
  name: 'hello POST',
  run: helloPost,
})
if (process.env.COUNTERFOIL_BENCH_HOT !== 'no') {
  await compare(
    { name: 'hot seller against uniform', unit: 'requests/s', rounds: ROUNDS },
    { name: 'one seller', run: () => trades(['a0']) },
    uniform,
  )
}
await stop()
