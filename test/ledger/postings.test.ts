import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { chartName, postings } from '../../src/ledger/postings.js'
import { idOf } from '../support/books.js'
import {
  authorized,
  decided,
  frozen,
  line,
  of,
  opened,
  purchased,
  recharged,
  refunding,
  renewed,
  traded,
} from '../support/facts.js'
import { NOW } from '../support/given.js'

const pair = ['ann', 'bob'] as const
const order = of(7, 3, pair)
const own = { transfer: idOf(1), account: 'ann', amount: '1.00', currency: 'EUR' }
const adjusted = (direction: 'up' | 'down'): Fact => ({
  type: 'Adjusted',
  data: { ...own, direction, reason: 'r', approver: 'operator' },
})

const refund = { refund: idOf(9), order: idOf(7), orderLeaf: 3, account: 'ann', amount: '1.00', currency: 'EUR' }
const coupon = { transfer: idOf(1), serial: 's-1', codeHash: 'c'.repeat(43), batch: 's', account: 'ann' }

/** The chart of accounts, as the design has it. */
const chart: readonly (readonly [fact: Fact, debit: string, credit: string])[] = [
  [recharged('ann', '1.00'), 'assets:clearing:bank', 'liabilities:wallet:ann'],
  [
    { type: 'RechargeReversed', data: { ...own, recharge: idOf(1), rechargeLeaf: 1, method: 'card' } },
    'liabilities:wallet:ann',
    'assets:clearing:card',
  ],
  [{ type: 'Withdrawn', data: { ...own, method: 'bank' } }, 'liabilities:wallet:ann', 'assets:clearing:bank'],
  [adjusted('up'), 'expenses:adjustments', 'liabilities:wallet:ann'],
  [adjusted('down'), 'liabilities:wallet:ann', 'income:adjustments'],
  [traded(pair, '1.00', 7), 'liabilities:wallet:ann', 'liabilities:wallet:bob'],
  [authorized(pair, '1.00', 7, NOW), 'liabilities:wallet:ann', 'liabilities:held:ann'],
  [
    { type: 'TradeCaptured', data: { ...order, amount: '1.00', released: '0.00' } },
    'liabilities:held:ann',
    'liabilities:wallet:bob',
  ],
  [{ type: 'TradeVoided', data: { ...order, amount: '1.00' } }, 'liabilities:held:ann', 'liabilities:wallet:ann'],
  [{ type: 'HoldExpired', data: { ...order, amount: '1.00' } }, 'liabilities:held:ann', 'liabilities:wallet:ann'],
  [refunding(8, order, '1.00'), 'liabilities:wallet:bob', 'liabilities:held:bob'],
  [{ type: 'Purchased', data: purchased('ann', '1.00', 7) }, 'liabilities:wallet:ann', 'income:plans:basic'],
  [renewed('ann', '1.00', [7, 3], 8), 'liabilities:wallet:ann', 'income:plans:basic'],
  [
    { type: 'Purchased', data: purchased('ann', '1.00', 7, line('tax', '1.00')) },
    'liabilities:wallet:ann',
    'liabilities:tax',
  ],
  [
    { type: 'PurchaseRefunded', data: { ...refund, lines: [line('charge', '1.00')] } },
    'income:plans:basic',
    'liabilities:wallet:ann',
  ],
  [
    { type: 'PurchaseRefunded', data: { ...refund, lines: [line('tax', '1.00')] } },
    'liabilities:tax',
    'liabilities:wallet:ann',
  ],
  [
    { type: 'CouponRedeemed', data: { ...coupon, amount: '1.00', currency: 'EUR' } },
    'expenses:promotions',
    'liabilities:wallet:ann',
  ],
  [decided('RefundApproved', [8, 4], order, '1.00'), 'liabilities:held:bob', 'liabilities:wallet:ann'],
  [decided('RefundRejected', [8, 4], order, '1.00'), 'liabilities:held:bob', 'liabilities:wallet:bob'],
  [decided('RefundWithdrawn', [8, 4], order, '1.00'), 'liabilities:held:bob', 'liabilities:wallet:bob'],
]

const named = (fact: Fact) =>
  postings(fact).map(({ kind, name, currency, amount }) => ({ account: chartName({ kind, name }), currency, amount }))

t.test('each fact is posted as the chart of accounts says', async (t) => {
  for (const [fact, debit, credit] of chart) {
    t.strictSame(
      named(fact),
      [
        { account: debit, currency: 'EUR', amount: 100n },
        { account: credit, currency: 'EUR', amount: -100n },
      ],
      fact.type,
    )
  }
})

t.test('a capture of a part also posts the rest back to the buyer', async (t) => {
  const part: Fact = { type: 'TradeCaptured', data: { ...order, amount: '1.00', released: '0.50' } }
  t.strictSame(named(part), [
    { account: 'liabilities:held:ann', currency: 'EUR', amount: 100n },
    { account: 'liabilities:wallet:bob', currency: 'EUR', amount: -100n },
    { account: 'liabilities:held:ann', currency: 'EUR', amount: 50n },
    { account: 'liabilities:wallet:ann', currency: 'EUR', amount: -50n },
  ])
})

t.test('facts that move no money post nothing', async (t) => {
  const limit: Fact = { type: 'CreditLimitChanged', data: { account: 'ann', currency: 'EUR', creditLimit: '1.00' } }
  for (const fact of [opened('ann', '5.00'), limit, frozen('ann')]) t.strictSame(postings(fact), [], fact.type)
})

t.test('rebates and discounts lower what the owner pays and the plan earns', async (t) => {
  const lines = [line('charge', '10.00'), line('rebate', '3.00'), line('discount', '1.50'), line('tax', '0.55')]
  const sums = new Map<string, bigint>()
  for (const leg of postings({ type: 'Purchased', data: purchased('ann', '6.05', 7, ...lines) })) {
    sums.set(chartName(leg), (sums.get(chartName(leg)) ?? 0n) + leg.amount)
  }
  t.strictSame(Object.fromEntries(sums), {
    'liabilities:wallet:ann': 605n,
    'income:plans:basic': -550n,
    'liabilities:tax': -55n,
  })
})
