import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { orderStatus } from '../../src/ledger/order.js'
import { idOf } from '../support/books.js'
import { authorized, decided, of, opened, recharged, refunding, traded } from '../support/facts.js'
import { booksOf } from '../support/given.js'

const pair = ['ann', 'bob'] as const
const EXPIRY = '2026-03-02T12:00:00.000Z'
const open = [opened('ann'), opened('bob'), recharged('ann', '9.00')]
const facts = of(7, 3, pair)
const held = authorized(pair, '5.00', 7, EXPIRY)
const paid = traded(pair, '5.00', 7)
const captured: Fact = { type: 'TradeCaptured', data: { ...facts, amount: '3.00', released: '2.00' } }
const voided: Fact = { type: 'TradeVoided', data: { ...facts, amount: '5.00' } }
const expired: Fact = { type: 'HoldExpired', data: { ...facts, amount: '5.00' } }
const [ask, more] = [refunding(8, facts, '2.00'), refunding(9, facts, '3.00')]
const approve = decided('RefundApproved', [8, 4], facts, '2.00')
const approveMore = decided('RefundApproved', [9, 6], facts, '3.00')
const reject = decided('RefundRejected', [8, 4], facts, '2.00')
const rejectMore = decided('RefundRejected', [9, 6], facts, '3.00')
const takeBack = decided('RefundWithdrawn', [8, 4], facts, '2.00')

const rows: readonly (readonly [status: string, what: string, history: readonly Fact[]])[] = [
  ['pending', 'authorised', [held]],
  ['effective', 'traded', [paid]],
  ['effective', 'captured', [held, captured]],
  ['voided', 'voided', [held, voided]],
  ['voided', 'expired', [held, expired]],
  ['refunding', 'a refund is open', [paid, ask]],
  ['refunding', 'a refund is open after one was approved', [paid, ask, approve, more]],
  ['refunding', 'a refund is open after one was rejected', [paid, ask, reject, more]],
  ['effective', 'a part is refunded', [paid, ask, approve]],
  ['effective', 'a part is refunded, the rest rejected', [paid, ask, approve, more, rejectMore]],
  ['refunded', 'all is refunded, in parts', [paid, ask, approve, more, approveMore]],
  ['refunded', 'all that was captured is refunded', [held, captured, more, approveMore]],
  ['rejected', 'nothing is refunded, the last was rejected', [paid, ask, reject]],
  ['effective', 'the request was taken back', [paid, ask, takeBack]],
  ['effective', 'after a rejection a second request was taken back', [paid, more, rejectMore, ask, takeBack]],
]

t.test('the status of an order is checked from the top of the table', async (t) => {
  for (const [status, what, history] of rows) {
    const order = booksOf([...open, ...history]).order(idOf(7))
    t.equal(order && orderStatus(order), status, what)
  }
})

t.test('an order of zero that is effective is not refunded', async (t) => {
  const order = booksOf([...open, traded(pair, '0.00', 7)]).order('3')
  t.equal(order && orderStatus(order), 'effective')
})

t.test('an order keeps what was asked, what was paid and when that was decided', async (t) => {
  const order = booksOf([...open, held, captured]).order(idOf(7))
  const parties = { buyer: 'ann', seller: 'bob', currency: 'EUR' }
  t.strictSame(order?.facts, { id: idOf(7), leaf: 3, ...parties, amount: 500n })
  t.strictSame(order?.payment, { state: 'effective', paid: 300n, expiresAt: EXPIRY, decidedAt: 3, decidedLeaf: 4 })
  t.equal(booksOf([...open, held]).order(idOf(7))?.payment.decidedAt, -1, 'not yet')
})

t.test('a refund keeps its parties and where it was requested and decided', async (t) => {
  const books = booksOf([...open, paid, ask, approve])
  const parties = { order: idOf(7), orderLeaf: 3, buyer: 'ann', seller: 'bob', amount: 200n, currency: 'EUR' }
  const [requestedAt, decidedAt, decidedLeaf] = [1, 2, 5]
  t.strictSame(books.refund(idOf(8)), {
    id: idOf(8),
    leaf: 4,
    ...parties,
    state: 'approved',
    requestedAt,
    decidedAt,
    decidedLeaf,
  })
  t.strictSame(books.order('3')?.refunds, {
    refunded: 200n,
    open: [],
    last: { refund: idOf(8), outcome: 'approved' },
  })
})
