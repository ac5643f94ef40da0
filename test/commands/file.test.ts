import Database from 'better-sqlite3'
import t from 'tap'
import { BookConsumer, matchesLog } from '../../src/commands/book-consumer.js'
import { openBookReader, readBookFile } from '../../src/commands/book-file.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { Books } from '../../src/commands/books.js'
import { openDisposable } from '../../src/sqlite/disposable.js'
import type { MemoryEventStore } from '../../src/store/memory.js'
import { sweeper } from '../support/actors.js'
import { Books as OracleBooks } from '../support/books.js'
import { decided, of, opened, traded } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'
import { decode, dump, Process, said, settle } from '../support/loop.js'
import { ann, bob, recharge, start, trade } from '../support/trouble.js'

/** A log with every kind of row, and more of some than fit one slice. */
const filled = async (t: Parameters<typeof start>[0]) => {
  const { store, one } = await start(t)
  await one.ask('recharge', recharge('ann', '1000'))
  await Promise.all(Array.from({ length: 300 }, (_, n) => one.ask('trade', trade('1'), { actor: ann, key: `k${n}` })))
  await one.ask('authorize', trade('10'), { actor: ann, key: 'hold' })
  for (const order of ['4', '5', '6']) await one.ask('request-refund', { order, again: false }, { actor: ann })
  await one.ask('approve-refund', { order: '4' }, { actor: bob })
  await one.ask('reject-refund', { order: '5' }, { actor: bob })
  await one.ask('reverse-recharge', { account: 'ann', recharge: '3', amount: '4' })
  return { store, one }
}

const foldInto = async (writer: BookWriter, store: MemoryEventStore, upTo = Number.POSITIVE_INFINITY) => {
  const from = writer.reached ?? { position: null, leaf: -1 }
  const page = await store.readLog({ after: from.position, max: 10_000 })
  for (const [n, recorded] of page.entries()) {
    if (recorded.position > upTo) return
    writer.apply({ ...decode(recorded), leaf: from.leaf + 1 + n }, store.epoch, recorded.position)
  }
}

t.test('a flush cut off after any step, opened and folded again, is the fold of the log', async (t) => {
  const { store } = await filled(t)
  const fresh = new Database(':memory:')
  const whole = new BookWriter(fresh)
  t.equal(whole.dirty, false)
  t.equal(whole.step(), false)
  await foldInto(whole, store)
  whole.flush()
  const right = dump(fresh)
  let cuts = 0
  // In the last one orders are opened and given back in one flush.
  for (const [first, last] of [
    [0, 150],
    [2, 152],
    [100, 250],
    [303, 453],
    [308, 458],
    [0, 400],
  ] as const) {
    for (let cut = 0, ended = false; !ended; cut += 1) {
      const database = new Database(':memory:')
      const before = new BookWriter(database)
      await foldInto(before, store, first)
      before.flush()
      await foldInto(before, store, last)
      before.begin()
      await foldInto(before, store)
      for (let n = 0; n < cut; n += 1) ended ||= before.step()
      const after = new BookWriter(database)
      t.equal(after.flushed?.position ?? 0, ended ? Math.min(last, 311) : first)
      await foldInto(after, store)
      after.flush()
      if (dump(database) !== right) t.fail(`cut off at ${first} after ${cut} steps`)
      cuts += 1
    }
  }
  t.comment(`${cuts} flushes cut off`)
})

t.test('what comes while a flush is under way is in the next one', async (t) => {
  const { store } = await filled(t)
  const [database, whole] = [new Database(':memory:'), new Database(':memory:')]
  const folded = new BookWriter(whole)
  await foldInto(folded, store)
  folded.flush()
  const writer = new BookWriter(database)
  await foldInto(writer, store, 100)
  writer.begin()
  writer.step()
  await foldInto(writer, store)
  writer.flush()
  t.equal(dump(database), dump(whole))
})

t.test('rows that are ahead of the log as we have read it are not applied twice', async (t) => {
  const { store, one } = await filled(t)
  await one.flush()
  const ahead = readBookFile(one.database)
  const behind = new Process(store.sibling(), { around: one.around, follow: false, loop: { file: ahead } })
  await behind.loop.catchUp()
  await behind.flush()
  t.equal(dump(behind.database), dump(one.database))
  t.equal(said(await one.ask('trade', trade('1'), { actor: ann, key: 'k7' })), 'Traded again')
  const asked = behind.ask('trade', trade('785.99'), { actor: ann })
  const more = behind.ask('trade', trade('1000'), { actor: ann })
  await new Promise((resolve) => setImmediate(resolve))
  await behind.loop.catchUp()
  t.equal(said(await asked), 'Traded')
  t.equal(said(await more), 'insufficient_funds')
})

for (const [whose, came] of [
  ['her own', trade('2', 'ann', 'bob')],
  ['another’s', trade('1', 'bob', 'ann')],
] as const) {
  t.test(`a standing is not told where the books were ahead of the event: ${whose}`, async (t) => {
    const { store, one } = await start(t)
    await one.ask('recharge', recharge('bob', '5'))
    await one.flush()
    const file = readBookFile(one.database)
    const two = new Process(store.sibling(), {
      around: one.around,
      follow: false,
      limits: { accounts: 0 },
      loop: { file, from: { position: 4, leaf: 3, recordedAt: '' } },
    })
    const asked = two.ask('trade', trade('1'), { actor: ann })
    await settle()
    two.loop.flushed(3)
    await one.ask('trade', came)
    await one.flush()
    await two.loop.catchUp()
    t.match(await asked, { kind: 'done', standing: null })
  })
}

t.test('another epoch begins anew', async (t) => {
  const { store, one } = await filled(t)
  await one.flush()
  const checkpoint = one.writer.flushed
  t.ok(checkpoint)
  if (checkpoint === null) return
  t.equal(await matchesLog(store, checkpoint), true)
  t.equal(await matchesLog(store, { ...checkpoint, epoch: 'other' }), false)
  t.equal(await matchesLog(store, { ...checkpoint, id: 'other' }), false)
  t.equal(await matchesLog(store, { ...checkpoint, position: 10_000 }), false)
  const writer = new BookWriter(one.database)
  writer.clear()
  t.equal(writer.flushed, null)
  t.equal(dump(one.database), dump(new Process(store, { follow: false }).database))
  await foldInto(writer, store)
  writer.flush()
  t.equal(writer.flushed?.leaf, checkpoint.leaf)
})

t.test('the consumer flushes at its time, in slices, and says so', async (t) => {
  const { store } = await filled(t)
  let now = 0
  const flushed: number[] = []
  const database = new Database(':memory:')
  const writer = new BookWriter(database)
  const onFlushed = (leaf: number) => flushed.push(leaf)
  const consumer = new BookConsumer({ writer, epoch: store.epoch, now: () => now, onFlushed })
  t.equal(consumer.name, 'write-model')
  t.equal(consumer.checkpoint, null)
  const page = await store.readLog({ after: null, max: 10_000 })
  const batch = (from: number, to: number) => ({
    events: page.slice(from, to).map((recorded, n) => ({ ...decode(recorded), leaf: from + n })),
    positions: page.slice(from, to).map(({ position }) => position),
  })
  await consumer.handle({ events: [], positions: [] })
  await consumer.handle(batch(0, 10))
  t.match(consumer.checkpoint, { leaf: 9, position: 10 })
  t.strictSame(flushed, [])
  now = 3_000
  for (let from = 10; from < 300; from += 10) await consumer.handle(batch(from, from + 10))
  t.strictSame(flushed, [19], 'what came while it flushed waits for the next')
  now = 6_000
  const alive = setInterval(() => undefined, 10)
  await new Promise((resolve) => setTimeout(resolve, 600))
  clearInterval(alive)
  t.strictSame(flushed, [19, 299], 'also when nothing comes')
  await consumer.handle(batch(300, page.length))
  consumer.close()
  t.equal(writer.dirty, false)
  t.equal(writer.flushed?.leaf, page.length - 1)
})

t.test('a full disk stops a flush, not the consumer: it goes on when there is room', async (t) => {
  const { store } = await filled(t)
  const database = new Database(':memory:')
  const writer = new BookWriter(database)
  const flushed: number[] = []
  let now = 0
  const onFlushed = (leaf: number) => flushed.push(leaf)
  const consumer = new BookConsumer({ writer, epoch: store.epoch, now: () => now, onFlushed })
  const page = await store.readLog({ after: null, max: 10_000 })
  const events = page.map((recorded, leaf) => ({ ...decode(recorded), leaf }))
  const pages = database.pragma('page_count', { simple: true })
  database.pragma(`max_page_count = ${pages}`)
  now = 3_000
  await consumer.handle({ events, positions: page.map(({ position }) => position) })
  t.strictSame(flushed, [])
  t.match(consumer.trouble, { code: 'disk_full' })
  consumer.close()
  t.equal(writer.flushed, null)
  database.pragma('max_page_count = 100000')
  consumer.close()
  const whole = new Process(store.sibling(), { follow: false })
  await whole.flush()
  t.equal(dump(database), dump(whole.database))
})

t.test('a file that cannot be written is shown, and tried again; an error of ours is thrown', async (t) => {
  const { store } = await start(t)
  const page = await store.readLog({ after: null, max: 10 })
  const events = page.map((recorded, leaf) => ({ ...decode(recorded), leaf }))
  const positions = page.map(({ position }) => position)
  for (const thrown of [new Error('ours'), 'thrown']) {
    const database = new Database(':memory:')
    const writer = new BookWriter(database)
    const onFlushed = () => {
      throw thrown
    }
    let now = 0
    const consumer = new BookConsumer({ writer, epoch: store.epoch, now: () => now, onFlushed })
    database.pragma('query_only = 1')
    now = 3_000
    await consumer.handle({ events, positions })
    t.match(consumer.trouble, { code: 'write_model_failed', reason: /readonly/ })
    database.pragma('query_only = 0')
    const flushing = async () => {
      for (;;) await consumer.handle({ events: events.slice(0, 1), positions: positions.slice(0, 1) })
    }
    t.equal(await flushing().catch((error: unknown) => error), thrown)
    t.equal(writer.flushed?.leaf, events.length - 1)
    consumer.close()
  }
})

t.test('the file on disk is read beside its writer', async (t) => {
  const { store } = await filled(t)
  const path = `${t.testdir()}/write-model.db`
  const { database, close } = openDisposable({ path, layout: 'test' })
  const writer = new BookWriter(database)
  const reader = openBookReader(path)
  t.equal(reader.checkpoint(), null)
  await foldInto(writer, store)
  writer.flush()
  t.match(reader.checkpoint(), { leaf: writer.flushed?.leaf, epoch: store.epoch })
  const [due] = reader.due('2027-01-01T00:00:00.000Z', 5)
  t.match(reader.order(due ?? -1)?.state.payment, { state: 'pending', paid: 0n })
  t.strictSame(reader.due('2026-01-01T00:00:00.000Z', 5), [])
  t.equal(reader.account('nobody'), undefined)
  t.match(reader.account('ann')?.own?.holds, [{ amount: 1000n, seller: 'bob' }])
  t.match(reader.order(4)?.state.refunds, { refunded: 100n, open: [], last: { outcome: 'approved' } })
  t.match(reader.order(6)?.state.refunds, { refunded: 0n, open: [{ amount: 100n }], last: null })
  t.match(reader.recharge(3)?.state, { reversed: 400n })
  t.equal(reader.recharge(4), undefined)
  const [open] = reader.order(6)?.state.refunds.open ?? []
  const leaf = [305, 306, 307].find((at) => reader.refund(at)?.state.id === open?.refund)
  t.match(reader.refund(leaf ?? -1)?.state, { state: 'open', orderLeaf: 6, amount: 100n, decidedLeaf: -1 })
  t.equal(reader.refund(6), undefined)
  reader.close()
  close()
})

t.test(
  'the fold is total: money for an account that nobody opened, frozen accounts, events of no account',
  async (t) => {
    const database = new Database(':memory:')
    const writer = new BookWriter(database)
    const unknown = decided('RefundApproved', [7, 77], of(8, 88, ['eve', 'ann']), '1.00')
    const { log } = booksOf([opened('ann'), traded(['ann', 'eve'], '5.00', 3), unknown])
    for (const event of log) writer.apply(event, 'e', event.leaf + 1)
    writer.flush()
    const file = readBookFile(database)
    t.strictSame(file.account('eve'), { own: undefined, incoming: 600n, incomingLeaf: 2 })
    const { one } = await start(t)
    await one.ask('freeze', { account: 'ann', reason: 'r' })
    await one.flush()
    t.equal(readBookFile(one.database).account('ann')?.own?.frozen, true)
    const books = new Books(file, { accounts: 5, others: 5 })
    const [first] = log
    if (first) books.apply({ ...first, stream: 'coupon-x', leaf: 3 })
    t.equal(books.accounts.get('coupon-x'), undefined)
    t.equal(said(await one.ask('expire', { order: '9' }, { actor: sweeper })), 'order_not_found')
  },
)

t.test('an event about what is not there leaves nothing', async (t) => {
  const database = new Database(':memory:')
  const writer = new BookWriter(database)
  const books = new OracleBooks()
  const gone = { kind: 'plan', id: 'basic', itemVersion: 1, itemLeaf: 0 } as const
  writer.apply(books.append({ type: 'CatalogueItemRetired', data: gone }, NOW), 'epoch', 1)
  writer.flush()
  t.match(dump(database), /documents\n\nheads\n\["catalogue",/)
})
