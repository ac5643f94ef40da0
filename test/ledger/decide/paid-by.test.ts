import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { MAX_CHANGES } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { FREE, NAMES, started } from '../../support/device.js'
import { given, NEW_ID } from '../../support/given.js'
import { basket, JUNE_19, juneFrom, lineOf, on, purchase, rich } from '../../support/plans.js'

const ann = actor('ann')
const asker = actor('system:asking', [])
const FIRST = rich.length
const june = { ...juneFrom(19), start: '2020-06-01' }
const whole = on('Pro30', '30.00', { period: june, charged: '30.00' })
const bigger = on('Enterprise50', '50.00', { period: juneFrom(11), charged: '33.33' })

/** Paid on the 1st of June, from the balance or by card; the orders are `idOf(0x21)` and `idOf(0x22)`. */
const first = purchase('30.00', [whole], [lineOf('Pro30', 'charge', '30.00')], { order: idOf(0x21) })
const second = purchase(
  '13.33',
  [bigger],
  [lineOf('Enterprise50', 'charge', '33.33'), lineOf('Pro30', 'rebate', '20.00')],
  { order: idOf(0x22) },
)
const card = {
  ...{ checkout: idOf(0x21), account: 'ann', purpose: 'purchase' as const, amount: '30.00', currency: 'EUR' },
  ...{ items: [whole], lines: [lineOf('Pro30', 'charge', '30.00')] },
}
const byCard: readonly Fact[] = [
  { type: 'CheckoutStarted', data: { ...card, means: 'nonce' } },
  { type: 'CheckoutPaid', data: { ...card, checkoutLeaf: FIRST, transaction: 't1' } },
]

const back = (n: number, orderLeaf: number, amount: string, plan = 'Pro30') => ({
  ...{ refund: NEW_ID, order: idOf(n), orderLeaf, account: 'ann', amount, currency: 'EUR' },
  lines: [lineOf(plan, 'charge', amount)],
})
const toCard = (amount: string): DataOf<'CardRefundRequested'> => ({ ...back(0x21, FIRST, amount), transaction: 't1' })
const requested = (amount: string): Fact => ({ type: 'CardRefundRequested', data: toCard(amount) })
const { transaction: _, ...rest } = toCard('12.00')
const failed: Fact = { type: 'CardRefundFailed', data: { ...rest, refundLeaf: FIRST + 2 } }
const reverted = (date: string, reason: 'refunded' | 'returned'): Fact => ({
  type: 'SubscriptionReverted',
  data: { ...NAMES, on: date, reason, item: FREE },
})
const locking = started({ checkout: idOf(0x31), items: [whole] })

/** What a change to the dearest plan on the 19th costs: 20.00 less what is left of the running one. */
const priceOf = (history: readonly Fact[]) => {
  const { decision } = given(...rich, ...history).when('buy', basket({}), ann, JUNE_19)
  const [fact] = decision.kind === 'facts' ? decision.facts : []
  return fact?.type === 'Purchased' ? fact.data.amount : decision
}

t.test('what was given back of the running period is not given again as a rebate', async (t) => {
  const cases: readonly (readonly [string, readonly Fact[]])[] = [
    ['8.00', [first]],
    ['12.80', [first, { type: 'PurchaseRefunded', data: back(0x21, FIRST, '12.00') }]],
    ['8.00', byCard],
    ['12.80', [...byCard, requested('12.00')]],
    ['8.00', [...byCard, requested('12.00'), failed]],
    ['8.00', [...byCard, failed]],
  ]
  for (const [amount, history] of cases) t.equal(priceOf(history), amount)
})

t.test('more may be given back than is left of the running period: then nothing is rebated', async (t) => {
  const most = { type: 'PurchaseRefunded', data: back(0x21, FIRST, '29.00') } as const
  const more = { type: 'PurchaseRefunded', data: back(0x22, FIRST + 1, '13.00', 'Enterprise50') } as const
  const decided = given(...rich, first, second, most, more).when('buy', basket({ plan: 'Pro30' }), ann, JUNE_19)
  t.match(decided.decision, { facts: [{ data: { amount: '12.00' } }] })
})

t.test('a subscription is over when nothing is left of any order that paid for its period', async (t) => {
  const refund = { ...back(0x21, FIRST, '30.00') }
  given(...rich, first, second)
    .when('refund-purchase', { order: idOf(0x21) }, admin, JUNE_19)
    .then(t, reverted('2020-06-19', 'refunded'), { type: 'PurchaseRefunded', data: refund })
  const { transaction, ...done } = { ...toCard('30.00'), refundLeaf: FIRST + 3 }
  given(...rich, ...byCard, second, requested('30.00'))
    .when('card-refunded', { account: 'ann', refundLeaf: FIRST + 3, transaction: 'r1' }, asker, JUNE_19)
    .then(t, reverted('2020-06-19', 'refunded'), { type: 'CardRefunded', data: { ...done, transaction: 'r1' } })
  const { items, ...paid } = { ...card, checkoutLeaf: FIRST }
  given(...rich, ...byCard, second)
    .when('payment-returned', { account: 'ann', checkoutLeaf: FIRST }, asker, JUNE_19)
    .then(t, reverted('2020-06-19', 'returned'), { type: 'PaymentReturned', data: { ...paid, transaction } })
})

t.test('an order that paid for a period that is over ends nothing', async (t) => {
  const july = { ...june, start: '2020-07-01', end: '2020-08-01' }
  const renewed: Fact = {
    type: 'SubscriptionRenewed',
    data: {
      ...{ order: idOf(0x23), ...NAMES, amount: '30.00', currency: 'EUR' },
      ...{ items: [{ ...whole, period: july }], lines: [lineOf('Pro30', 'charge', '30.00')] },
    },
  }
  given(...rich, first, renewed)
    .when('refund-purchase', { order: idOf(0x21) }, admin, JUNE_19)
    .then(t, { type: 'PurchaseRefunded', data: back(0x21, FIRST, '30.00') })
})

t.test('while a card pays for a change, what has paid before is not given back; what is gone ends it', async (t) => {
  for (const history of [[first], byCard]) {
    given(...rich, ...history, locking)
      .when('refund-purchase', { order: idOf(0x21), amount: '1' }, admin, JUNE_19)
      .refused(t, 'subscription_locked')
  }
  given(...rich, ...byCard, locking)
    .when('payment-returned', { account: 'ann', checkoutLeaf: FIRST }, asker, JUNE_19)
    .refused(t, 'subscription_locked')
  const { transaction: _, ...done } = { ...toCard('30.00'), refundLeaf: FIRST + 2 }
  given(...rich, ...byCard, requested('30.00'), locking)
    .when('card-refunded', { account: 'ann', refundLeaf: FIRST + 2, transaction: 'r1' }, asker, JUNE_19)
    .then(t, reverted('2020-06-19', 'refunded'), { type: 'CardRefunded', data: { ...done, transaction: 'r1' } })
})

t.test('a plan is changed so often in one period, and no more', async (t) => {
  const change = (n: number) => purchase('0.00', [whole], [], { order: idOf(0x100 + n) })
  const many = Array.from({ length: MAX_CHANGES - 1 }, (_, n) => change(n))
  given(...rich, first, ...many)
    .when('buy', basket({}), ann, JUNE_19)
    .refused(t, 'too_many_changes')
  t.equal(priceOf([first, ...many.slice(1)]), '8.00')
})
