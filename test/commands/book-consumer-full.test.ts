import Database from 'better-sqlite3'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import { BookConsumer } from '../../src/commands/book-consumer.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { idOf } from '../support/books.js'

const opened = (leaf: number): LedgerEvent => ({
  type: 'AccountOpened',
  data: { owner: `a${leaf}`, currency: 'EUR', creditLimit: '0.00' },
  id: idOf(leaf),
  stream: `account-a${leaf}`,
  revision: 0,
  leaf,
  metadata: { recordedAt: '2026-01-01T00:00:00.000Z', actor: 'books', correlationId: 'c', causationId: idOf(leaf) },
})

t.test('a full disk under the write model is shown, and work goes on when there is space', async (t) => {
  const database = new Database(':memory:')
  const flushed: number[] = []
  let now = 0
  const writer = new BookWriter(database)
  const consumer = new BookConsumer({ writer, epoch: 'e', now: () => now, onFlushed: (leaf) => flushed.push(leaf) })
  const take = async (from: number, count: number): Promise<void> => {
    now += 3_000
    const events = Array.from({ length: count }, (_, index) => opened(from + index))
    await consumer.handle({ events, positions: events.map(({ leaf }) => leaf + 1) })
  }
  const pages = Number(database.pragma('page_count', { simple: true }))
  database.pragma(`max_page_count = ${pages}`)
  await take(0, 2_000)
  t.match(consumer.trouble, { code: 'disk_full' })
  t.same(flushed, [])
  database.pragma('max_page_count = 1000000')
  await take(2_000, 2_000)
  t.equal(consumer.trouble, null)
  consumer.close()
  t.equal(writer.flushed?.leaf, 3_999)
  t.equal(database.prepare('SELECT count(*) FROM accounts').pluck().get(), 4_000)
})

t.test('closing with a full disk under the write model only leaves its file behind the log', async (t) => {
  const database = new Database(':memory:')
  const consumer = new BookConsumer({
    writer: new BookWriter(database),
    epoch: 'e',
    now: () => 0,
    onFlushed: () => undefined,
  })
  database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`)
  const events = Array.from({ length: 2_000 }, (_, leaf) => opened(leaf))
  await consumer.handle({ events, positions: events.map(({ leaf }) => leaf + 1) })
  t.doesNotThrow(() => consumer.close())
  t.match(consumer.trouble, { code: 'disk_full' })
})
