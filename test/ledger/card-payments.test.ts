import t from 'tap'
import type { DataOf, Fact } from '../../events/catalogue.js'
import { actual } from '../../src/ledger/account.js'
import { evolveCheckout } from '../../src/ledger/checkout-document.js'
import { inAccount } from '../../src/ledger/facts.js'
import { chartName, postings } from '../../src/ledger/postings.js'
import { less, more } from '../../src/ledger/share.js'
import { later } from '../../src/ledger/time.js'
import { touches } from '../../src/ledger/touches.js'
import { idOf } from '../support/books.js'
import { lines, paid, recharge, refunded, refundFailed, requested, settled, started } from '../support/card.js'
import { opened } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'

const who = { account: 'ann', currency: 'EUR' }
const failed = (n: number, checkoutLeaf: number, reason: DataOf<'CheckoutFailed'>['reason']): Fact => ({
  type: 'CheckoutFailed',
  data: { checkout: idOf(n), checkoutLeaf, ...who, purpose: 'purchase', amount: '22.00', items: [], reason },
})
const unwanted = (n: number, checkoutLeaf: number): Fact => ({
  type: 'ChargeReturned',
  data: { checkout: idOf(n), checkoutLeaf, ...who, amount: '22.00', transaction: 'other' },
})
const returned = (purpose: 'purchase' | 'recharge'): Fact => ({
  type: 'PaymentReturned',
  data: {
    ...{ checkout: idOf(2), checkoutLeaf: 1, ...who, purpose, amount: '22.00', transaction: 't2' },
    lines: purpose === 'purchase' ? lines('20.00', '2.00') : [],
  },
})
const given = { refund: idOf(9), n: 2, orderLeaf: 1, amount: '11.00', lines: lines('10.00', '1.00') }

/** What the gateway is to be asked about after these. */
const asked = (...facts: readonly Fact[]) =>
  booksOf([opened('ann'), ...facts])
    .own.get('ann')
    ?.charges.map(({ kind, id, leaf }) => `${kind} ${Number.parseInt(id.slice(-4), 16)} ${leaf}`)

t.test('the gateway is asked about a checkout until it has failed or its money has come', async (t) => {
  const two = [started(2), started(3)]
  t.strictSame(asked(...two), ['open 2 1', 'open 3 2'])
  t.strictSame(asked(...two, paid(2, 1)), ['unsettled 2 1', 'open 3 2'])
  t.strictSame(asked(...two, paid(2, 1), settled(2, 1)), ['open 3 2'])
  t.strictSame(asked(...two, paid(2, 1), returned('purchase')), ['open 3 2'])
  t.strictSame(asked(...two, failed(2, 1, 'declined')), ['open 3 2'])
})

t.test('a charge that it did not know of is watched for a month, and ends when it was given back', async (t) => {
  const missing = [started(2), failed(2, 1, 'not_found')]
  t.strictSame(asked(...missing), ['missing 2 1'])
  t.strictSame(asked(...missing, unwanted(2, 1)), [])
  t.strictSame(asked(started(2), paid(2, 1), unwanted(2, 1)), ['unsettled 2 1'], 'the one that has paid is another')
  t.strictSame(asked(...missing, started(3)), ['missing 2 1', 'open 3 3'])
  const books = booksOf([opened('ann'), ...missing])
  books.append(started(3), later(NOW, 31 * 86_400_000))
  t.match(books.own.get('ann')?.charges, [{ kind: 'open', id: idOf(3) }])
  t.equal(books.own.get('ann')?.charges.length, 1)
  const old = booksOf([opened('ann'), started(2)])
  const late = later(NOW, 40 * 86_400_000)
  old.append(failed(2, 1, 'not_found'), late)
  t.match(old.own.get('ann')?.charges, [{ kind: 'missing', since: late }], 'from the day on which it failed')
})

t.test('about a refund to the card until it is done or has failed', async (t) => {
  const bought = [started(2), paid(2, 1), settled(2, 1), requested(given)]
  t.strictSame(asked(...bought), ['refund 9 4'])
  t.strictSame(asked(...bought, refunded(given, 4, 'r1')), [])
  t.strictSame(asked(...bought, refundFailed(given, 4)), [])
})

t.test('a checkout goes from open to its end, and other events do not change it', async (t) => {
  const books = booksOf([opened('ann'), started(2)])
  const state = () => books.document('checkout', '1')
  t.match(state(), { state: 'open', transaction: null, unwanted: [] })
  const steps: readonly (readonly [Fact, object])[] = [
    [paid(2, 1), { state: 'paid', transaction: 't2' }],
    [unwanted(2, 1), { state: 'paid', unwanted: ['other'] }],
    [settled(2, 1), { state: 'settled' }],
    [returned('purchase'), { state: 'returned', transaction: 't2' }],
  ]
  for (const [fact, expected] of steps) {
    books.append(fact, NOW)
    t.match(state(), expected, fact.type)
  }
  const before = state()
  if (before === undefined) throw new Error('there is no checkout')
  t.equal(evolveCheckout(before, opened('ann')), before)
})

t.test('a subscription is locked by its own checkout alone, and free when that has ended', async (t) => {
  const books = booksOf([opened('ann'), started(2), paid(2, 1), started(3), paid(3, 3)])
  const locked = () => books.own.get('ann')?.subscriptions.map(({ locked }) => locked)
  t.strictSame(locked(), [null, null])
  const { items } = paidData(2)
  const again: Fact = {
    type: 'CheckoutStarted',
    data: { checkout: idOf(4), ...who, purpose: 'purchase', amount: '22.00', items, lines: [], means: 'stored' },
  }
  books.append(again, NOW)
  t.strictSame(locked(), [idOf(4), null])
  books.append(failed(5, 4, 'declined'), NOW)
  t.strictSame(locked(), [idOf(4), null], 'another checkout')
  books.append(failed(4, 5, 'declined'), NOW)
  t.strictSame(locked(), [null, null])
})

const paidData = (n: number): DataOf<'CheckoutPaid'> => {
  const fact = paid(n, 1)
  if (fact.type !== 'CheckoutPaid') throw new Error('another fact')
  return fact.data
}

t.test('a card that was kept stays until another one is; the one before is known', async (t) => {
  const books = booksOf([opened('ann'), started(2)])
  const cards = () => [books.own.get('ann')?.card, books.own.get('ann')?.replaced]
  const pay = (n: number, card = {}) => books.append({ type: 'CheckoutPaid', data: { ...paidData(n), ...card } }, NOW)
  t.same(cards(), [null, null])
  pay(2, { card: idOf(70) })
  t.same(cards(), [idOf(70), null])
  pay(3)
  t.same(cards(), [idOf(70), null])
  pay(4, { card: idOf(71) })
  t.same(cards(), [idOf(71), idOf(70)])
  pay(5, { card: idOf(72) })
  t.same(cards(), [idOf(72), idOf(71)])
})

t.test(
  'a plan by card leaves the balance alone; a recharge is money when it is paid, and may be taken back',
  async (t) => {
    const after = (...facts: readonly Fact[]) => {
      const books = booksOf([opened('ann'), ...facts])
      const account = books.account('ann')
      return [account && actual(account), books.recharge(idOf(2))?.reversed]
    }
    t.strictSame(after(started(2), paid(2, 1), settled(2, 1)), [0n, undefined])
    t.strictSame(after(started(2), paid(2, 1), returned('purchase')), [0n, undefined])
    t.strictSame(after(started(2, recharge)), [0n, undefined])
    t.strictSame(after(started(2, recharge), paid(2, 1, recharge)), [2200n, 0n])
    t.strictSame(after(started(2, recharge), paid(2, 1, recharge), returned('recharge')), [0n, 2200n])
  },
)

t.test('a recharge by card goes by the number of the event that started its checkout', async (t) => {
  const touched = (fact: Fact) => inAccount(fact) && touches(fact, 9).recharge
  t.equal(touched(paid(2, 1, recharge)), 1)
  t.equal(touched(returned('recharge')), 1)
  t.equal(touched(paid(2, 1)), null)
  t.equal(touched(settled(2, 1)), null)
})

t.test('what a card pays and gets back is posted as the chart of accounts says', async (t) => {
  const [card, wallet, plan, tax] = [
    'assets:clearing:card',
    'liabilities:wallet:ann',
    'income:plans:basic',
    'liabilities:tax',
  ]
  const rows: readonly (readonly [Fact, ...(readonly [string, bigint][])])[] = [
    [paid(2, 1), [card, 2000n], [plan, -2000n], [card, 200n], [tax, -200n]],
    [returned('purchase'), [plan, 2000n], [card, -2000n], [tax, 200n], [card, -200n]],
    [refunded(given, 4, 'r1'), [plan, 1000n], [card, -1000n], [tax, 100n], [card, -100n]],
    [paid(2, 1, recharge), [card, 2200n], [wallet, -2200n]],
    [returned('recharge'), [wallet, 2200n], [card, -2200n]],
    [unwanted(2, 1), [card, 2200n], [card, -2200n]],
    [started(2)],
    [failed(2, 1, 'declined')],
    [settled(2, 1)],
    [requested(given)],
    [refundFailed(given, 4)],
  ]
  for (const [fact, ...legs] of rows) {
    t.strictSame(
      postings(fact).map((leg) => [chartName(leg), leg.amount]),
      legs,
      fact.type,
    )
  }
})

t.test('what was not given back after all is there again', async (t) => {
  const all = lines('20.00', '2.00')
  const left = less(all, given.lines, 'EUR')
  t.strictSame(left, lines('10.00', '1.00'))
  t.strictSame(more(left, given.lines, 'EUR'), all)
  const part = given.lines.slice(0, 1)
  t.strictSame(more(lines('10.00', '2.00'), part, 'EUR'), all, 'a line of which nothing was given back')
  const books = booksOf([opened('ann'), started(2), paid(2, 1), requested(given)])
  t.match(books.document('purchase', '1'), { refunded: '11.00', transaction: 't2', lines: left })
  books.append(refundFailed(given, 3), NOW)
  t.match(books.document('purchase', '1'), { refunded: '0.00', lines: all })
  t.match(books.document('card-refund', '3'), { state: 'failed' })
})
