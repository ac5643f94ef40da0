/** A process that only appends to a store and says what was acknowledged, one line each, as the very next thing it writes. */
import { writeSync } from 'node:fs'
import { seeded } from '../../../bench/support/requests.js'
import { openSqliteEventStore } from '../../../src/store/sqlite.js'
import { eventFor } from './store-events.js'

const [path = '', seed = '1', seconds = '2'] = process.argv.slice(2)
const below = seeded(Number(seed))
const store = await openSqliteEventStore({ path, log: (message) => process.stderr.write(`${message}\n`) })
const end = performance.now() + Number(seconds) * 1000

/** Each stream has one append under way at a time. */
const worker = async (_: unknown, number: number): Promise<void> => {
  const stream = `account-w${number}`
  for (let revision = 0; performance.now() < end; ) {
    const count = 1 + below(3)
    const events = Array.from({ length: count }, (_, index) => eventFor(stream, revision + index, count))
    await store.append(stream, revision - 1, events)
    writeSync(1, `ack ${stream} ${revision} ${count}\n`)
    revision += count
  }
}
await Promise.all(Array.from({ length: 24 }, worker))
await store.close()
writeSync(1, 'closed\n')
