import t from 'tap'
import { IN_FLIGHT } from '../../src/ledger/account.js'
import { idOf } from '../support/books.js'
import { opened, purchased, recharged, renewed } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'

const bought = { type: 'Purchased', data: purchased('ann', '10.00', 7) } as const
const running = { account: 'ann', subscription: idOf(7), subscriptionLeaf: 2 }
const start = [opened('ann'), recharged('ann', '100.00'), bought] as const

t.test('a purchase of a recurring plan begins a subscription that has its id', async (t) => {
  const own = booksOf(start).own.get('ann')
  t.match(own, { net: 9000n, subscriptions: [{ id: idOf(7), leaf: 2, order: idOf(7), state: 'active', until: null }] })
  t.match(own?.subscriptions[0]?.period, { start: '2026-03-01', end: '2026-04-01' })
})

t.test('what is sold once begins none', async (t) => {
  const once = bought.data.items.map(({ subscription: _, period: __, ...plan }) => plan)
  const books = booksOf([...start.slice(0, 2), { type: 'Purchased', data: { ...bought.data, items: once } }])
  t.strictSame(books.own.get('ann')?.subscriptions, [])
})

t.test('one that is in flight has no number yet', async (t) => {
  const books = booksOf(start.slice(0, 2))
  books.append(bought, NOW, true)
  t.equal(books.own.get('ann')?.subscriptions[0]?.leaf, IN_FLIGHT)
})

t.test('it is past due, goes on, is cancelled and ends', async (t) => {
  const books = booksOf(start)
  const one = () => books.own.get('ann')?.subscriptions[0]
  const missed = { ...running, amount: '10.00', currency: 'EUR', due: '2026-04-01', until: '2026-04-08' }
  books.append({ type: 'SubscriptionPastDue', data: missed }, NOW)
  t.match(one(), { state: 'past_due', until: '2026-04-08', period: { end: '2026-04-01' } })
  books.append(renewed('ann', '10.00', [7, 2], 8), NOW)
  t.match(one(), { id: idOf(7), leaf: 2, order: idOf(8), state: 'active', until: null, period: { end: '2026-05-01' } })
  t.equal(books.own.get('ann')?.net, 8000n)
  books.append({ type: 'SubscriptionCancelled', data: { ...running, endsOn: '2026-05-01' } }, NOW)
  t.match(one(), { state: 'cancelled', order: idOf(8) })
  books.append({ type: 'SubscriptionEnded', data: { ...running, endedOn: '2026-05-01', reason: 'cancelled' } }, NOW)
  t.equal(one(), undefined)
})

t.test('events of a subscription that is not there change none', async (t) => {
  const books = booksOf(start)
  const before = books.own.get('ann')?.subscriptions
  const other = { ...running, subscription: idOf(99) }
  books.append({ type: 'SubscriptionEnded', data: { ...other, endedOn: '2026-05-01', reason: 'unpaid' } }, NOW)
  t.strictSame(books.own.get('ann')?.subscriptions, before)
})
