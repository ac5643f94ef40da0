import { type Fault, Faults, type Version } from './faults.js'
import { type Run, run } from './run.js'

/**
 * A double of EventStoreDB that speaks its wire protocol, for tests: what a real server was seen to do with
 * `@eventstore/db-client`, and faults on demand. Not there: delete and tombstone, persistent subscriptions,
 * projections, users and access control, links, effects of retention (`$maxCount` and the like are only kept).
 *
 * In the process of a test:
 *
 *     const double = await startDouble({ directory: folder(t) })
 *     const client = EventStoreDBClient.connectionString(double.connectionString)
 *     await double.fault({ kind: 'drop' })         // see faults.ts
 *     await client.dispose()
 *     await double.stop()
 *
 * In a process of its own, to be killed (`process.ts`):
 *
 *     const double = await spawnDouble({ directory: folder(t) })
 *     await double.kill(); await double.start()    // the same port, the same folder
 *
 * By hand: `node dist/test/support/eventstoredb/main.js --port 2113 --data ./dir --control 2114`, then
 * `curl -d '{"kind":"late","milliseconds":500}' localhost:2114/fault`; `/info` and `/health/live` are on the first port.
 */
export interface Double {
  readonly port: number
  readonly connectionString: string
  fault(fault: Fault): Promise<void>
  stop(): Promise<void>
}

export interface DoubleOptions {
  /** The log lies there; what is in it is served. */
  readonly directory: string
  /** Left out: a free one. */
  readonly port?: number
  /** Left out: 24.2. */
  readonly version?: Version
  /** After so many appends of others it appends an event of its own to a `$` stream. Left out: 50. */
  readonly systemEventEvery?: number
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const startDouble = async (options: DoubleOptions): Promise<Double> => {
  const faults = new Faults(options.version ?? '24.2')
  const start = (port: number): Promise<Run> =>
    run({ directory: options.directory, port, faults, systemEventEvery: options.systemEventEvery ?? 50 })
  let current = await start(options.port ?? 0)
  const { port } = current

  const restart = async (milliseconds: number): Promise<void> => {
    await current.stop()
    await pause(milliseconds)
    current = await start(port)
  }

  return {
    port,
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    stop: () => current.stop(),
    fault: async (fault) => {
      switch (fault.kind) {
        case 'drop':
        case 'late':
        case 'unavailable':
          return faults.arm(fault)
        case 'clear':
          return faults.clear()
        case 'freeze':
          return faults.freeze()
        case 'thaw':
          return faults.thaw()
        case 'version':
          faults.version = fault.version
          return
        case 'clock':
          faults.clock = fault.milliseconds
          return
        case 'drop-connections':
          return current.dropConnections()
        case 'drop-subscriptions':
          return current.subscriptions((one) => one.tooSlow())
        case 'stall-subscriptions':
          return current.subscriptions((one) => one.stall())
        case 'restart':
          return restart(fault.milliseconds ?? 0)
        default: {
          const never: never = fault
          throw new Error(`no such fault: ${JSON.stringify(never)}`)
        }
      }
    },
  }
}
