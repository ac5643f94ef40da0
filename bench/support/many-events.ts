import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact } from '../../events/catalogue.js'
import type { Metadata } from '../../events/envelope.js'
import { encode } from '../../src/store/encode.js'
import { MAX_APPEND_BYTES } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { seeded } from './requests.js'

const PER_APPEND = 50
const AT_ONCE = 256

const uuid = (number: number): string => `00000000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`

/** A log of trades among funded accounts, made without the server. Gives its path. */
export const manyEvents = async (directory: string, trades: number, accounts: number): Promise<string> => {
  const path = join(directory, 'events.db')
  for (const suffix of ['.db', '.db-wal', '.db-shm', '.mark', '.lock', '.pid']) {
    rmSync(join(directory, `events${suffix}`), { force: true })
  }
  const store = await openSqliteEventStore({ path, log: console.error })
  const revisions = new Int32Array(accounts).fill(-1)
  const below = seeded(7)
  let number = 0
  const metadata = (actor: string): Metadata => ({
    recordedAt: new Date(Date.UTC(2026, 0, 1) + number).toISOString(),
    actor,
    key: `trade bench-${number}`,
    fingerprint: 'x'.repeat(43),
    correlationId: uuid(number),
    causationId: uuid(number),
  })
  const append = async (account: number, facts: readonly Fact[]): Promise<void> => {
    const name = `a${account}`
    const stream = `account-${name}`
    const expected = revisions[account] ?? -1
    const events = facts.map((fact, index) => {
      number += 1
      return encode(fact, stream, expected + index, metadata(name))
    })
    revisions[account] = expected + events.length
    const bytes = events.reduce((sum, { data, metadata: meta }) => sum + data.length + meta.length, 0)
    if (bytes > MAX_APPEND_BYTES) throw new Error('too many events in one append')
    await store.append(stream, expected, events)
  }
  const opened = (account: number): readonly Fact[] => {
    const owner = `a${account}`
    const money = { account: owner, amount: '1000000.00', currency: 'CNY', method: 'bank' }
    return [
      { type: 'AccountOpened', data: { owner, currency: 'CNY', creditLimit: '0.00' } },
      { type: 'Recharged', data: { transfer: uuid(account), ...money } },
    ]
  }
  const trade = (account: number): Fact => {
    const seller = (account + 1 + below(accounts - 1)) % accounts
    const parties = { buyer: `a${account}`, seller: `a${seller}` }
    return { type: 'Traded', data: { order: uuid(number), ...parties, amount: '1.25', currency: 'CNY' } }
  }
  for (let from = 0; from < accounts; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, accounts - from) }, (_, index) => from + index)
    await Promise.all(some.map((account) => append(account, opened(account))))
  }
  for (let done = 0; done < trades; done += AT_ONCE * PER_APPEND) {
    const first = below(accounts)
    const some = Array.from({ length: Math.min(AT_ONCE, accounts) }, (_, index) => (first + index) % accounts)
    await Promise.all(
      some.map((account) =>
        append(
          account,
          Array.from({ length: PER_APPEND }, () => trade(account)),
        ),
      ),
    )
  }
  await store.close()
  return path
}
