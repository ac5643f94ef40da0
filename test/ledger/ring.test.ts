import t from 'tap'
import { actual, spendable } from '../../src/ledger/account.js'
import { actor, admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { decided, of, opened, recharged, refunding, traded } from '../support/facts.js'
import { booksOf, given } from '../support/given.js'

/** a pays b, b pays c with that money, a cancels. */
const order = of(7, 4, ['a', 'b'])
const ring = [
  ...['a', 'b', 'c'].map((name) => opened(name)),
  recharged('a', '10.00'),
  traded(['a', 'b'], '10.00', 7),
  traded(['b', 'c'], '10.00', 8),
  refunding(9, order, '10.00'),
]
const approved = decided('RefundApproved', [9, 6], order, '10.00')

const sums = (facts: Parameters<typeof booksOf>[0]) => {
  const books = booksOf(facts)
  return ['a', 'b', 'c'].map((name) => {
    const account = books.account(name)
    return account && { actual: actual(account), spendable: spendable(account) }
  })
}

t.test('in a ring of trades no money appears: who has spent it cannot give it back', async (t) => {
  given(...ring)
    .when('approve-refund', { order: idOf(7) }, actor('b'))
    .refused(t, 'seller_short')
  t.strictSame(sums(ring), [
    { actual: 0n, spendable: 0n },
    { actual: 0n, spendable: -1000n },
    { actual: 1000n, spendable: 1000n },
  ])
})

t.test('while the ring is under review the seller spends nothing more, and an admin may settle it', async (t) => {
  given(...ring)
    .when('trade', { buyer: 'b', seller: 'c', amount: '0.01' }, actor('b'))
    .refused(t, 'insufficient_funds')
  given(...ring)
    .when('approve-refund', { order: idOf(7) }, admin)
    .then(t, approved)
  t.strictSame(sums([...ring, approved]), [
    { actual: 1000n, spendable: 1000n },
    { actual: -1000n, spendable: -1000n },
    { actual: 1000n, spendable: 1000n },
  ])
})
