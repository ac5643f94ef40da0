import type { DataOf, Fact } from '../../events/catalogue.js'
import { opened } from './bought.js'
import { id } from './world.js'

/** What alice pays by card for the plan p1, at 10.70 EUR with tax, and what becomes of it; the checkout is the second event of the log. */
const owned = { account: 'alice', currency: 'EUR' }
const money = { ...owned, amount: '10.70' }
const items: DataOf<'CheckoutStarted'>['items'] = [
  { plan: 'p1', planVersion: 1, name: 'Plan A', type: 'C', price: '10.00', billPeriod: 'M', description: 'd' },
]
const lines: DataOf<'CheckoutStarted'>['lines'] = [
  { item: 0, plan: 'p1', kind: 'charge', amount: '10.00' },
  { item: 0, plan: 'p1', kind: 'tax', amount: '0.70' },
]
const tax = { country: 'SG', rate: '7' }
const names = { checkout: id(7), checkoutLeaf: 1 }
export const TRANSACTION = '0wc3k4rn'

const purchase = { ...money, purpose: 'purchase' as const, items, lines, tax }
const recharge = { ...money, purpose: 'recharge' as const, items: [], lines: [] }
const order = { order: id(7), orderLeaf: 1 }

export type Purpose = 'purchase' | 'recharge'
const sold = (purpose: Purpose) => (purpose === 'purchase' ? purchase : recharge)

export const begun = (
  purpose: Purpose = 'purchase',
  more: Partial<DataOf<'CheckoutStarted'>> = {},
): readonly Fact[] => [
  opened,
  { type: 'CheckoutStarted', data: { ...sold(purpose), checkout: id(7), means: 'nonce', ...more } },
]

export const paid = (purpose: Purpose = 'purchase'): Fact => ({
  type: 'CheckoutPaid',
  data: { ...sold(purpose), ...names, transaction: TRANSACTION },
})

/** Paid by a card that is kept under this id. */
export const keeping = (card: string): Fact => ({
  type: 'CheckoutPaid',
  data: { ...purchase, ...names, transaction: TRANSACTION, card },
})

export const failed: Fact = {
  type: 'CheckoutFailed',
  data: { ...money, ...names, purpose: 'purchase', items, reason: 'declined', detail: 'Insufficient Funds' },
}

export const settled: Fact = {
  type: 'PaymentSettled',
  data: { ...names, account: 'alice', transaction: TRANSACTION },
}

export const returned = (purpose: Purpose = 'purchase', amount = '10.70'): Fact => ({
  type: 'PaymentReturned',
  data: { ...names, ...owned, amount, purpose, lines: [], transaction: TRANSACTION, reason: 'disputed' },
})

const back = (amount: string) => ({ ...order, ...owned, amount, refund: id(8), lines: [] })

export const asked = (amount: string): Fact => ({
  type: 'CardRefundRequested',
  data: { ...back(amount), transaction: TRANSACTION },
})

export const refunded = (amount: string, refundLeaf: number): Fact => ({
  type: 'CardRefunded',
  data: { ...back(amount), refundLeaf, transaction: 'r1' },
})

export const notRefunded = (amount: string, refundLeaf: number): Fact => ({
  type: 'CardRefundFailed',
  data: { ...back(amount), refundLeaf },
})

/** A charge that nobody wanted. */
export const givenBack: Fact = { type: 'ChargeReturned', data: { ...money, ...names, transaction: 't2' } }
