import type { DataOf, Fact } from '../../events/catalogue.js'
import type { BoughtPlan } from '../../src/ledger/state.js'
import { actor } from './actors.js'
import { idOf } from './books.js'

/** Card payments of ann, in EUR: a plan for 20.00 and tax of 2.00, or a recharge. Ids are `idOf(n)`. */

export const asker = actor('system:asking', [])

export const monthly = (subscription: string): BoughtPlan => ({
  plan: 'basic',
  planVersion: 1,
  name: 'Basic',
  type: 'C',
  price: '20.00',
  billPeriod: 'M',
  description: 'a plan',
  subscription,
  period: { start: '2026-02-28', end: '2026-03-31', anchor: '2026-01-31', unit: 'month', zone: 'UTC' },
})

export const lines = (charge: string, tax: string): DataOf<'CardRefundRequested'>['lines'] => [
  { item: 0, plan: 'basic', kind: 'charge', amount: charge },
  { item: 0, plan: 'basic', kind: 'tax', amount: tax },
]

type Sold = Pick<DataOf<'CheckoutStarted'>, 'purpose' | 'amount' | 'items' | 'lines'>

const plan = (n: number): Sold => ({
  purpose: 'purchase',
  amount: '22.00',
  items: [monthly(idOf(n))],
  lines: lines('20.00', '2.00'),
})
export const recharge: Sold = { purpose: 'recharge', amount: '22.00', items: [], lines: [] }

const who = { account: 'ann', currency: 'EUR' }

export const started = (n: number, sold: Sold = plan(n)): Fact => ({
  type: 'CheckoutStarted',
  data: { checkout: idOf(n), ...who, ...sold, means: 'nonce' },
})

export const paid = (n: number, checkoutLeaf: number, sold: Sold = plan(n)): Fact => ({
  type: 'CheckoutPaid',
  data: { checkout: idOf(n), checkoutLeaf, ...who, ...sold, transaction: `t${n}` },
})

export const settled = (n: number, checkoutLeaf: number): Fact => ({
  type: 'PaymentSettled',
  data: { checkout: idOf(n), checkoutLeaf, account: 'ann', transaction: `t${n}` },
})

interface Back {
  readonly refund: string
  /** The order, and the event that started its checkout. */
  readonly n: number
  readonly orderLeaf: number
  readonly amount: string
  readonly lines: DataOf<'CardRefundRequested'>['lines']
}

const back = ({ refund, n, orderLeaf, amount, lines }: Back) => {
  return { refund, order: idOf(n), orderLeaf, ...who, amount, lines }
}

export const requested = (given: Back, more: { readonly reason?: string } = {}): Fact => ({
  type: 'CardRefundRequested',
  data: { ...back(given), transaction: `t${given.n}`, ...more },
})

export const refunded = (given: Back, refundLeaf: number, transaction: string): Fact => ({
  type: 'CardRefunded',
  data: { ...back(given), refundLeaf, transaction },
})

export const refundFailed = (given: Back, refundLeaf: number, more: { readonly detail?: string } = {}): Fact => ({
  type: 'CardRefundFailed',
  data: { ...back(given), refundLeaf, ...more },
})
