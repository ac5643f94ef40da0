import Database from 'better-sqlite3'
import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { Books } from '../../src/commands/books.js'
import { later } from '../../src/ledger/time.js'
import { coupons } from '../support/coupons.js'
import { of, opened, recharged, refunding, traded } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'
import { Process, said, settle } from '../support/loop.js'
import { ann, bob, recharge, start, trade } from '../support/trouble.js'

t.test('a file that is ahead of the log as we have read it is caught up with before anything is decided', async (t) => {
  const { store, one } = await start(t)
  await one.ask('recharge', recharge('ann', '10'))
  await one.ask('issue-coupons', { batch: 'b', count: 1, amount: '5', expiresAt: later(NOW, 3_600_000) })
  const late = store.sibling()
  const two = new Process(Object.assign(late, { subscribe: stalled }), { around: one.around })
  t.teardown(() => two.kill())
  await two.loop.catchUp()
  await two.flush()
  await settle()
  const coupon = { serial: 'b-1', code: coupons.codeOf('b-1') }
  t.equal(said(await one.ask('redeem', { account: 'ann', ...coupon }, { actor: ann })), 'CouponRedeemed')
  t.equal(said(await one.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded')
  await two.fold()
  two.writer.flush()
  t.equal(said(await two.ask('redeem', { account: 'bob', ...coupon }, { actor: bob })), 'coupon_redeemed')
  const three = new Process(Object.assign(store.sibling(), { subscribe: stalled }), { around: one.around })
  t.teardown(() => three.kill())
  await settle()
  await one.ask('trade', trade('2'), { actor: ann, key: 'l' })
  await three.fold()
  three.writer.flush()
  t.equal(said(await three.ask('trade', trade('2'), { actor: ann, key: 'l' })), 'Traded again')
})

/** A log that tells nothing by itself. */
const stalled = async function* (): AsyncGenerator<never> {
  await new Promise(() => undefined)
}

/** An order whose whole amount is under review, and four others that may take its place in memory. */
const reviewed = () => {
  const pair = ['ann', 'bob'] as const
  const others = [1, 2, 3, 4].map((n) => traded(pair, '0.10', 10 + n))
  const asked = refunding(8, of(7, 3, pair), '5.00')
  const { log } = booksOf([
    opened('ann'),
    opened('bob'),
    recharged('ann', '9.00'),
    traded(pair, '5.00', 7),
    ...others,
    asked,
  ])
  const database = new Database(':memory:')
  const writer = new BookWriter(database)
  for (const event of log) writer.apply(event, 'epoch', event.leaf + 1)
  const file = readBookFile(database)
  const books = new Books(file, { accounts: 5, others: 1 })
  const openNow = (): number | undefined => {
    for (const event of log) books.apply(event)
    for (let round = 0; round < 3; round += 1) for (const other of ['4', '5', '6', '7']) books.order(other)
    return books.order('3')?.refunds.open.length
  }
  return { log, writer, file, books, openNow }
}

t.test(
  'an order keeps its refunds when it leaves memory, also where the file was told to be ahead of its trade',
  async (t) => {
    const { log, writer, books, openNow } = reviewed()
    writer.flush()
    books.flushed(log.length - 1)
    t.equal(openNow(), 1)
    t.strictSame(books.opened.all(), [], 'nothing is kept that the file holds')
  },
)

t.test(
  'an order keeps its refunds when it leaves memory, also where it was read of a flush under way before its trade',
  async (t) => {
    const { writer, file, books, openNow } = reviewed()
    writer.begin()
    while ((file.order(3)?.at ?? 0) < 8) writer.step()
    t.equal(books.order('3')?.refunds.open.length, 1)
    t.equal(openNow(), 1)
  },
)
