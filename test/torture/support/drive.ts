import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.js'
import type { Ledger } from './ledger.js'
import type { Traffic } from './traffic.js'

export interface Drive {
  readonly client: Client
  readonly ledger: Ledger
  readonly traffic: Traffic
  readonly below: (bound: number) => number
  readonly milliseconds: number
  /** Requests per second; left out: as fast as 32 connections can. */
  readonly rate?: number
}

const WIDTH = 32
/** Of so many requests one is a bulk request. */
const BULK = 30
const BULK_ITEMS = 20

/** Sends random operations until the time is over or the server is gone. Resolves to the requests per second. */
export const drive = async ({ client, ledger, traffic, below, milliseconds, rate }: Drive): Promise<number> => {
  const start = performance.now()
  let sent = 0
  let broken = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < start + milliseconds && broken < WIDTH) {
      if (rate !== undefined) {
        const ahead = (sent * 1000) / rate - (performance.now() - start)
        if (ahead > 0) {
          await sleep(ahead)
          continue
        }
      }
      sent += 1
      const operations = below(BULK) === 0 ? traffic.bulk(BULK_ITEMS) : [traffic.next()]
      await ledger.send(client, operations)
      if (operations.every(({ key }) => ledger.unknown.has(key))) broken += 1
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  return (sent * 1000) / (performance.now() - start)
}
