import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import { BookConsumer } from '../../src/commands/book-consumer.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { LIMITS } from '../../src/commands/loop.js'

const EVENTS = 128_000
/** As many events as come at once where little and where much waits: the first and the last leave the least for the flush. */
const BATCHES = [64, 500, 2_000]

const uuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** With a key, as nearly all are: it adds an order and two places of keys to the file. */
const traded = (leaf: number): LedgerEvent => {
  const buyer = `a${leaf}`
  const id = uuid(`event ${leaf}`)
  return {
    type: 'Traded',
    data: { order: uuid(`order ${leaf}`), buyer, seller: `b${leaf}`, amount: '0.01', currency: 'EUR' },
    id,
    stream: `account-${buyer}`,
    revision: 0,
    leaf,
    metadata: {
      recordedAt: '2026-01-01T00:00:00.000Z',
      actor: buyer,
      correlationId: 'c',
      causationId: id,
      key: `trade ${leaf}`,
      fingerprint: 'f',
    },
  }
}

t.test(
  'the flush of the write model keeps up with trades between new accounts that never end, so that none is refused for it',
  async (t) => {
    for (const batch of BATCHES) {
      const database = new Database(':memory:')
      const writer = new BookWriter(database)
      let flushed = -1
      const onFlushed = (leaf: number): void => {
        flushed = leaf
      }
      const consumer = new BookConsumer({ writer, epoch: 'e', now: () => 0, onFlushed })
      let tail = 0
      for (let from = 0; from < EVENTS; from += batch) {
        const events = Array.from({ length: batch }, (_, index) => traded(from + index))
        await consumer.handle({ events, positions: events.map(({ leaf }) => leaf + 1) })
        tail = Math.max(tail, from + batch - 1 - flushed)
      }
      t.ok(tail < LIMITS.tail, `${tail} events at most were not in the file, in batches of ${batch}`)
      consumer.close()
      t.equal(writer.flushed?.leaf, EVENTS - 1)
      t.equal(database.prepare('SELECT count(*) FROM keys').pluck().get(), 2 * EVENTS)
    }
  },
)

t.test('a flush that takes longer than its time is followed by the next at once', async (t) => {
  const writer = new BookWriter(new Database(':memory:'))
  let now = 0
  const consumer = new BookConsumer({ writer, epoch: 'e', now: () => now, onFlushed: () => undefined })
  const take = async (from: number, count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, index) => traded(from + index))
    await consumer.handle({ events, positions: events.map(({ leaf }) => leaf + 1) })
  }
  await take(0, 2_000)
  now = 3_000
  await take(2_000, 1)
  now = 6_000
  let next = 2_001
  for (; next < 2_100 && writer.flushed === null; next += 1) await take(next, 1)
  t.equal(writer.flushed?.leaf, 2_000, 'its time came again while it was under way')
  const ended = next
  for (; next < 2_200 && writer.flushed?.leaf === 2_000; next += 1) await take(next, 1)
  t.equal(writer.flushed?.leaf, ended)
  consumer.close()
})
