import { join } from 'node:path'
import { createSandbox } from '../../src/gateway/sandbox.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { append, begin } from './asking.js'
import { idOf } from './books.js'
import { opened } from './facts.js'

export const HOUR = 3_600_000

/** A charge that the sandbox has made for a checkout. */
export interface Charged {
  readonly checkout: number
  /** Of euros. */
  readonly amount: string
  /** Milliseconds before now. */
  readonly ago: number
}

/** In the files of a server that was killed: ann's account, checkouts of hers that began an hour ago, and what was charged for them. */
export const interrupted = async (
  data: string,
  checkouts: readonly number[],
  charges: readonly Charged[],
): Promise<void> => {
  const store = await openSqliteEventStore({ path: join(data, 'events.db'), log: () => undefined })
  const now = Date.now()
  const ground = { store, around: { now: now - HOUR } } as Parameters<typeof append>[0]
  await append(ground, opened('ann'))
  for (const n of checkouts) await begin(ground, n)
  await store.close()
  for (const { checkout, amount, ago } of charges) {
    const sandbox = createSandbox({ path: join(data, 'gateway.db'), clock: () => now - ago })
    const means = { kind: 'nonce', nonce: 'fake-valid-nonce', store: true } as const
    await sandbox.sale({ orderId: idOf(checkout), amount, currency: 'EUR', means })
    await sandbox.close()
  }
}
