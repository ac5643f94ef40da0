import t from 'tap'
import type { DataOf, Fact } from '../../events/catalogue.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { statusOf } from '../../src/ledger/order.js'
import { later } from '../../src/ledger/time.js'
import { placeKey, type TransactionRow, transactions } from '../../src/projections/transactions.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { contents, runs, seed } from '../contract/view-store.js'
import { TestLog } from '../follower/log.js'
import { Books, eventIdOf, idOf } from '../support/books.js'
import { line, purchased, renewed } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { anyFact } from '../support/random-facts.js'

const minute = (leaf: number): string => later(NOW, leaf * 60_000)

/** A minute between each two events. Each bite of the log by a process that has just started. */
const project = async (facts: readonly Fact[], bite = 100) => {
  const views = createMemoryViewStore()
  const build = await views.createBuild(specOf(transactions))
  const books = new Books()
  const events = facts.map((fact, leaf) => books.append(fact, minute(leaf)))
  const log = new TestLog().push(events)
  for (let from = 0; from < events.length; from += bite) {
    const runner = await openRunner({ projection: transactions, build, log, sleep: async () => {} })
    const some = events.slice(from, from + bite)
    const positions = some.map(({ leaf }) => (leaf + 1) * 10)
    await runner.handle({ events: some, positions }, new AbortController().signal)
  }
  await views.makeLive('transactions', build.name)
  const { reader } = views
  return {
    text: await contents(build),
    document: async (key: string) => {
      const record = await reader.document('transactions', key)
      return record && transactions.document.decode(record.body)
    },
    records: (key: string) => reader.rows('transactions', { key, direction: 'forwards', max: 50 }),
  }
}

const rowsOf = async (...facts: readonly Fact[]): Promise<readonly TransactionRow[]> =>
  (await (await project(facts)).records('ann')).map(({ body }) => transactions.rowBody.decode(body))

const { order: _, items, ...sold } = purchased('ann', '10.70', 7, line('charge', '10.00'), line('tax', '0.70'))
const tax = { country: 'SG', rate: '7' }
const purchase: DataOf<'CheckoutStarted'> = {
  ...{ ...sold, items, tax, checkout: idOf(7), purpose: 'purchase', means: 'nonce' },
}
const recharge: DataOf<'CheckoutStarted'> = { ...purchase, purpose: 'recharge', items: [], lines: [] }
const started: Fact = { type: 'CheckoutStarted', data: purchase }
const names = { checkout: idOf(7), checkoutLeaf: 0, account: 'ann' }
const money = { amount: '10.70', currency: 'EUR' }
const paid = ({ means: __, ...data } = purchase): Fact => ({
  type: 'CheckoutPaid',
  data: { ...data, checkoutLeaf: 0, transaction: '0wc3k4rn' },
})
const failed = (detail?: string): Fact => {
  const { lines: __, means: ___, tax: ____, ...data } = purchase
  return {
    type: 'CheckoutFailed',
    data: { ...data, checkoutLeaf: 0, reason: 'declined', ...(detail !== undefined && { detail }) },
  }
}
const settled: Fact = { type: 'PaymentSettled', data: { ...names, transaction: '0wc3k4rn' } }
const returned = (amount: string, purpose: 'purchase' | 'recharge', reason?: string): Fact => ({
  type: 'PaymentReturned',
  data: {
    ...{ ...names, purpose, amount, currency: 'EUR', lines: [], transaction: '0wc3k4rn' },
    ...(reason !== undefined && { reason }),
  },
})
const back = (amount: string) => ({
  ...{ refund: idOf(8), order: idOf(7), orderLeaf: 0, account: 'ann' },
  ...{ amount, currency: 'EUR', lines: [line('charge', amount)] },
})
const asked = (amount: string): Fact => ({
  type: 'CardRefundRequested',
  data: { ...back(amount), transaction: '0wc3k4rn' },
})
const refunded = (amount: string, refundLeaf: number): Fact => ({
  type: 'CardRefunded',
  data: { ...back(amount), refundLeaf, transaction: 'r1' },
})
const refused = (amount: string, refundLeaf: number): Fact => ({
  type: 'CardRefundFailed',
  data: { ...back(amount), refundLeaf },
})

const unpaid = { state: 'pending', paid: 0n, refunded: 0n, open: 0n, openCount: 0, last: null, expiresAt: null }

t.test('a payment by card is a row from when its card is about to be charged', async (t) => {
  t.same(await rowsOf(started), [
    {
      id: hexId(eventIdOf(0)),
      orderId: idOf(7),
      purpose: 'purchase',
      method: 'card',
      createdAt: NOW,
      modifiedAt: NOW,
      paidAt: null,
      currency: 'EUR',
      amount: 1070n,
      plans: [
        {
          plan: 'basic',
          name: 'Basic',
          subscription: idOf(7),
          period: { start: '2026-03-01', end: '2026-04-01', zone: 'UTC' },
        },
      ],
      lines: purchase.lines,
      tax,
      transaction: null,
      reason: null,
      order: unpaid,
    },
  ])
  const once: Fact = {
    type: 'CheckoutStarted',
    data: { ...purchase, items: items.map(({ subscription: _, period: __, ...plan }) => plan) },
  }
  t.same((await rowsOf(once))[0]?.plans, [{ plan: 'basic', name: 'Basic' }])
})

t.test('what is paid from the balance is paid and settled at once', async (t) => {
  const facts: readonly Fact[] = [{ type: 'Purchased', data: purchased('ann', '4.00', 7) }]
  const [bought, again, ...others] = await rowsOf(...facts, renewed('ann', '4.00', [7, 0], 9))
  const effective = { ...unpaid, state: 'effective', paid: 400n }
  t.match(bought, { orderId: idOf(7), purpose: 'purchase', method: 'balance', paidAt: NOW, tax: null })
  t.same(bought?.order, effective)
  t.match(again, {
    id: hexId(eventIdOf(1)),
    orderId: idOf(9),
    purpose: 'renewal',
    paidAt: minute(1),
    modifiedAt: minute(1),
  })
  t.same(others, [])
})

/** What the payment comes to, and why. */
const comesTo = async (...facts: readonly Fact[]) => {
  const [row] = await rowsOf(...facts)
  if (row === undefined) throw new Error('there is no row')
  const { paid, refunded, open } = row.order
  return [statusOf(row.order), paid, refunded, open, row.reason]
}

t.test('a purchase by card is pending until its money has come, and may fail or come back', async (t) => {
  const [row] = await rowsOf(started, paid(), settled)
  t.match(row, { createdAt: NOW, paidAt: minute(1), modifiedAt: minute(2), transaction: '0wc3k4rn' })
  t.same(await comesTo(started), ['pending', 0n, 0n, 0n, null])
  t.same(await comesTo(started, paid()), ['pending', 1070n, 0n, 0n, null])
  t.same(await comesTo(started, paid(), settled), ['effective', 1070n, 0n, 0n, null])
  t.same(await comesTo(started, failed('no funds')), ['voided', 0n, 0n, 0n, 'no funds'])
  t.same(await comesTo(started, failed()), ['voided', 0n, 0n, 0n, 'declined'])
  t.same(await comesTo(started, paid(), returned('10.70', 'purchase', 'disputed')), [
    ...['voided', 0n, 0n, 0n],
    'disputed',
  ])
  t.same(await comesTo(started, paid(), settled, returned('10.70', 'purchase')), ['voided', 0n, 0n, 0n, null])
})

t.test('a refund to the card is under review until the gateway has said what became of it', async (t) => {
  const settledFirst = [started, paid(), settled]
  t.same(await comesTo(...settledFirst, asked('4.00')), ['refunding', 1070n, 0n, 400n, null])
  t.same(await comesTo(...settledFirst, asked('4.00'), refunded('4.00', 3)), ['effective', 1070n, 400n, 0n, null])
  t.same(await comesTo(...settledFirst, asked('4.00'), refused('4.00', 3)), ['effective', 1070n, 0n, 0n, null])
  t.same(await comesTo(...settledFirst, asked('10.70'), refunded('10.70', 3)), ['refunded', 1070n, 1070n, 0n, null])
  t.same(await comesTo(started, paid(), asked('4.00')), ['refunding', 1070n, 0n, 400n, null], 'before its money came')
  t.same(await comesTo(started, paid(), asked('10.70'), refunded('10.70', 2)), ['refunded', 1070n, 1070n, 0n, null])
  const voided = [started, paid(), asked('10.70'), refunded('10.70', 2), returned('0.00', 'purchase')]
  t.same((await comesTo(...voided)).slice(0, 3), ['refunded', 1070n, 1070n], 'a charge that was voided')
  const { transaction: __, ...given } = { ...back('4.00'), transaction: null }
  const toBalance: Fact = { type: 'PurchaseRefunded', data: given }
  const bought: Fact = { type: 'Purchased', data: purchased('ann', '4.00', 7) }
  t.same(await comesTo(bought, toBalance), ['refunded', 400n, 400n, 0n, null])
})

t.test('a recharge by card is one too, and what is taken back of it shows; one without a card is none', async (t) => {
  const begun: Fact = { type: 'CheckoutStarted', data: recharge }
  const [row] = await rowsOf(begun, paid(recharge))
  t.match(row, {
    purpose: 'recharge',
    method: 'card',
    plans: [],
    lines: [],
    transaction: '0wc3k4rn',
    paidAt: minute(1),
  })
  t.same(await comesTo(begun, paid(recharge), settled), ['effective', 1070n, 0n, 0n, null])
  t.same(await comesTo(begun, paid(recharge), returned('10.70', 'recharge')), ['voided', 0n, 0n, 0n, null])
  const reversed: Fact = {
    type: 'RechargeReversed',
    data: { transfer: idOf(1), recharge: idOf(7), rechargeLeaf: 0, account: 'ann', method: 'card', ...money },
  }
  t.same(await comesTo(begun, paid(recharge), settled, reversed), ['refunded', 1070n, 1070n, 0n, null])
  const manual: Fact = { type: 'Recharged', data: { transfer: idOf(7), account: 'ann', method: 'bank', ...money } }
  t.same(await rowsOf(manual, reversed), [])
})

t.test('each is found by both of its ids, and an account’s are counted', async (t) => {
  const bought: Fact = { type: 'Purchased', data: purchased('ann', '4.00', 9) }
  const others: Fact = { type: 'Purchased', data: purchased('bob', '4.00', 10) }
  const views = await project([started, bought, others])
  t.same(await views.document(placeKey('ann', hexId(eventIdOf(0)))), { kind: 'place', leaf: 0 })
  t.same(await views.document(placeKey('ann', idOf(7))), { kind: 'place', leaf: 0 })
  t.same(await views.document(placeKey('ann', idOf(9))), { kind: 'place', leaf: 1 })
  t.equal(await views.document(placeKey('ann', idOf(10))), null, 'another account’s')
  t.same(await views.document('ann'), { kind: 'count', payments: 2 })
})

t.test('any log folds to the same bytes, however it is cut, and what is stored is read again as it was', async (t) => {
  const any = fc.array(anyFact, { maxLength: 40 })
  const property = fc.asyncProperty(any, fc.integer({ min: 1, max: 7 }), async (facts, bite) => {
    const whole = await project(facts)
    for (const account of ['ann', 'bob', 'eve']) {
      for (const { body } of await whole.records(account)) {
        const again = transactions.rowBody.encode(transactions.rowBody.decode(body))
        if (JSON.stringify(again) !== JSON.stringify(body)) return false
      }
    }
    return whole.text === (await project(facts, bite)).text
  })
  await fc.assert(property, { numRuns: runs, seed })
  t.comment(`seed ${seed}`)
})

t.test('a currency that is not in the table has no decimals', async (t) => {
  const odd: Fact = { type: 'Purchased', data: { ...purchased('ann', '4', 7), currency: 'XXX' } }
  t.match((await rowsOf(odd))[0], { currency: 'XXX', amount: 4n, order: { paid: 4n } })
})

t.test('a damaged body is not read', async (t) => {
  const [record] = await (await project([started])).records('ann')
  for (const damage of [
    { purpose: 'gift' },
    { method: 'cash' },
    { plans: 'basic' },
    { plans: [{ plan: 'basic', name: 'Basic', period: 5 }] },
    { lines: [{ item: '0' }] },
    { tax: 'SG' },
    { order: null },
  ]) {
    t.throws(() => transactions.rowBody.decode({ ...record?.body, ...damage }), TypeError)
  }
  t.throws(() => transactions.document.decode({ kind: 'place' }), TypeError)
  t.throws(() => transactions.document.decode({}), TypeError)
})
