import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { StreamEvent } from '../../events/envelope.js'
import { actual, available, evolveOwn, spendable } from '../../src/ledger/account.js'
import { inAccount } from '../../src/ledger/facts.js'
import { evolveOrder, evolvePayment, evolveRefunds, orderFacts } from '../../src/ledger/order.js'
import { evolveRecharge } from '../../src/ledger/recharge.js'
import { evolveRefund } from '../../src/ledger/refund.js'
import { Books, idOf } from '../support/books.js'
import { authorized, decided, frozen, of, opened, recharged, refunding, traded, unfrozen } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'

const pair = ['ann', 'bob'] as const
const EXPIRY = '2026-03-02T12:00:00.000Z'
const open = [opened('ann', '1.00'), opened('bob'), recharged('ann', '9.00')]

const figures = (facts: readonly Fact[], name: string) => {
  const account = booksOf(facts).account(name)
  return account && [actual(account), account.own.held, available(account), spendable(account)]
}

t.test('actual, held, available and spendable after each kind of movement', async (t) => {
  t.strictSame(figures(open, 'ann'), [900n, 0n, 900n, 1000n])
  const hold = [...open, authorized(pair, '4.00', 7, EXPIRY)]
  t.strictSame(figures(hold, 'ann'), [900n, 400n, 500n, 600n])
  const facts = of(7, 3, pair)
  const part: Fact = { type: 'TradeCaptured', data: { ...facts, amount: '3.00', released: '1.00' } }
  t.strictSame(figures([...hold, part], 'ann'), [600n, 0n, 600n, 700n])
  t.strictSame(figures([...hold, part], 'bob'), [300n, 0n, 300n, 300n])
  const review = [...hold, part, refunding(8, facts, '2.00')]
  t.strictSame(figures(review, 'bob'), [300n, 200n, 100n, 100n])
  const approved = [...review, decided('RefundApproved', [8, 5], facts, '2.00')]
  t.strictSame(figures(approved, 'bob'), [100n, 0n, 100n, 100n])
  t.strictSame(figures(approved, 'ann'), [800n, 0n, 800n, 900n])
})

t.test('the stream’s revision and time are kept, and whether the account is frozen', async (t) => {
  const own = booksOf([...open, frozen('ann')]).own.get('ann')
  t.match(own, { name: 'ann', currency: 'EUR', creditLimit: 100n, frozen: true, revision: 2, recordedAt: NOW })
  t.equal(booksOf([...open, frozen('ann'), unfrozen('ann')]).own.get('ann')?.frozen, false)
})

t.test('a hold that is in flight has no number yet', async (t) => {
  const books = booksOf(open)
  books.append(authorized(pair, '4.00', 7, EXPIRY), NOW, true)
  const hold = { order: idOf(7), orderLeaf: -1, seller: 'bob', amount: 400n, expiresAt: EXPIRY }
  t.strictSame(books.own.get('ann')?.holds, [hold])
})

t.test('a fold is total: it takes any event as its first', async (t) => {
  const first = (fact: Fact) => {
    const event: StreamEvent = new Books().append(fact, NOW)
    if (!inAccount(event)) throw new Error(`${fact.type} lies in no account`)
    return event
  }
  const facts = of(7, 3, pair)
  const approved = first(decided('RefundApproved', [8, 4], facts, '2.00'))
  t.match(evolveOwn(undefined, first(traded(pair, '1.00', 7)), 0), { name: 'ann', net: -100n, revision: 0 })
  t.match(evolveOwn(undefined, approved, 0), { name: 'bob', net: -200n, held: -200n })
  t.equal(evolveRefund(undefined, approved, 0), undefined)
  const back = {
    transfer: idOf(2),
    recharge: idOf(1),
    rechargeLeaf: 1,
    account: 'ann',
    currency: 'EUR',
    method: 'bank',
  }
  t.equal(
    evolveRecharge(undefined, first({ type: 'RechargeReversed', data: { ...back, amount: '1.00' } }), 0),
    undefined,
  )
})

t.test('events of other kinds change neither an order nor a refund nor a recharge', async (t) => {
  const other = new Books().append(opened('ann'), NOW)
  const books = booksOf([...open, traded(pair, '1.00', 7), refunding(8, of(7, 3, pair), '1.00')])
  const order = books.order('3')
  t.equal(orderFacts(other, 0), undefined)
  t.equal(evolvePayment(order?.payment, other, 0), order?.payment)
  t.equal(evolveRefunds(order?.refunds, other), order?.refunds)
  t.equal(evolveRefund(books.refund(idOf(8)), other, 0), books.refund(idOf(8)))
  t.equal(evolveRecharge(books.recharge('2'), other, 0), books.recharge('2'))
})

t.test('an event that opens no order leaves none where there is none', async (t) => {
  t.equal(evolveOrder(undefined, new Books().append(opened('ann'), NOW), 0), undefined)
})
