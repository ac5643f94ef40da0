import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.js'
import type { Ledger } from './ledger.js'
import type { Traffic } from './traffic.js'
import type { Twins } from './twins.js'

export interface Load {
  /** The processes that listen just now. */
  readonly clients: () => readonly Client[]
  readonly ledger: Ledger
  readonly traffic: Traffic
  /** Left out: no key goes to two processes at once. */
  readonly twins?: Twins
  readonly below: (bound: number) => number
  readonly width: number
  readonly over: () => boolean
}

/** Of so many requests one is a bulk request. */
const BULK = 30
const BULK_ITEMS = 10
/** Of so many requests one goes to two processes at once. */
const TWIN = 5

/** Of so many requests one reads an account, which is there whatever becomes of the builds of its view. */
const READ = 10

/** Random operations at random processes; half of those without an answer are asked again at once, wherever somebody listens. */
export const load = async (options: Load): Promise<void> => {
  const { clients, ledger, traffic, twins, below, width, over } = options
  const any = (): Client | undefined => {
    const all = clients()
    return all[below(Math.max(1, all.length))]
  }
  const worker = async (): Promise<void> => {
    while (!over()) {
      const [one, other] = clients()
      if (one === undefined) {
        await sleep(20)
        continue
      }
      if (twins !== undefined && other !== undefined && below(TWIN) === 0) {
        await twins.send(one, other)
        continue
      }
      if (below(READ) === 0) {
        const name = traffic.names[below(traffic.names.length)] ?? ''
        const { status, text } = await one.ask({ method: 'GET', path: `/v1/accounts/${name}`, token: traffic.admin })
        if (![0, 200, 503].includes(status)) ledger.violations.push(`reading ${name}: ${status} ${text}`)
        continue
      }
      const operations = below(BULK) === 0 ? traffic.bulk(BULK_ITEMS) : [traffic.next()]
      await ledger.send(any() ?? one, operations)
      const open = operations.filter(({ key }) => ledger.unknown.has(key))
      const again = below(2) === 0 ? any() : undefined
      if (open.length > 0 && again !== undefined) await ledger.send(again, open)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
}
