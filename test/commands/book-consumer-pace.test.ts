import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import { BookConsumer } from '../../src/commands/book-consumer.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { LIMITS } from '../../src/commands/loop.js'

const ACCOUNTS = 60_000
const BATCH = 500

const uuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** With a key, as nearly all are: it adds an order and two places of keys to the file. */
const traded = (leaf: number): LedgerEvent => {
  const buyer = `a${leaf % ACCOUNTS}`
  const id = uuid(`event ${leaf}`)
  return {
    type: 'Traded',
    data: { order: uuid(`order ${leaf}`), buyer, seller: `b${leaf % ACCOUNTS}`, amount: '0.01', currency: 'EUR' },
    id,
    stream: `account-${buyer}`,
    revision: Math.floor(leaf / ACCOUNTS),
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
  'the flush of the write model keeps up with trades that never end, so that none is refused for it',
  async (t) => {
    const database = new Database(':memory:')
    const writer = new BookWriter(database)
    let flushed = -1
    const onFlushed = (leaf: number): void => {
      flushed = leaf
    }
    const consumer = new BookConsumer({ writer, epoch: 'e', now: () => 0, onFlushed })
    let tail = 0
    for (let from = 0; from < 150_000; from += BATCH) {
      const events = Array.from({ length: BATCH }, (_, index) => traded(from + index))
      await consumer.handle({ events, positions: events.map(({ leaf }) => leaf + 1) })
      tail = Math.max(tail, from + BATCH - 1 - flushed)
    }
    t.ok(tail < LIMITS.tail, `${tail} events at most were not in the file`)
    consumer.close()
    t.equal(writer.flushed?.leaf, 149_999)
    t.equal(database.prepare('SELECT count(*) FROM keys').pluck().get(), 300_000)
  },
)
