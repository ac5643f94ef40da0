import { type BenchLedger, startLedger } from './ledger.js'
import { load } from './load.js'
import type { Workload } from './requests.js'
import { scripts, startServer } from './server.js'

const ACCOUNTS = 1_000
const CONNECTIONS = 64
const SECONDS = Number(process.env.COUNTERFOIL_BENCH_SECONDS ?? 4)

/** A ledger and Fastify's hello, both up, to be asked in turn. */
export interface BesideHello {
  readonly ledger: BenchLedger
  /** The hello's address. */
  readonly hello: string
  /** Requests per second that are answered with 2xx; prints the whole result under this name. */
  measure(name: string, url: string, workload: Workload): Promise<number>
  stop(): Promise<void>
}

export const startBesideHello = async (): Promise<BesideHello> => {
  const ledger = await startLedger(ACCOUNTS)
  const hello = await startServer(scripts.hello)
  return {
    ledger,
    hello: hello.url,
    measure: async (name, url, workload) => {
      const result = await load({ url, workload, connections: CONNECTIONS, warmupSeconds: 2, seconds: SECONDS })
      console.error(`${name}: ${JSON.stringify(result)}`)
      return result.perSecond
    },
    stop: async () => {
      await hello.stop()
      await ledger.remove()
    },
  }
}
