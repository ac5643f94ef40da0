import type { Fact } from '../../events/catalogue.js'
import { id } from './world.js'

/** What alice has and buys of us, in EUR. */
const owned = { account: 'alice', currency: 'EUR' }
const item = { plan: 'p1', planVersion: 1, name: 'Plan A', type: 'C', price: '0.30', billPeriod: 'M', description: 'd' }
const lines = [{ item: 0, plan: 'p1', kind: 'charge' as const, amount: '0.30' }]

export const opened: Fact = { type: 'AccountOpened', data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } }

export const frozen: Fact = { type: 'AccountFrozen', data: { account: 'alice', reason: 'r' } }

export const recharged = (amount: string, n: number): Fact => ({
  type: 'Recharged',
  data: { transfer: id(n), ...owned, amount, method: 'manual' },
})

export const bought = (n: number): Fact => ({
  type: 'Purchased',
  data: { order: id(n), ...owned, amount: '0.30', items: [item], lines },
})

/** Of the subscription that the order `n` at this leaf began. */
export const renewed = (n: number, leaf: number): Fact => ({
  type: 'SubscriptionRenewed',
  data: {
    order: id(n + 100),
    subscription: id(n),
    subscriptionLeaf: leaf,
    ...owned,
    amount: '0.30',
    items: [item],
    lines,
  },
})

/** A part of the order `n`, opened at this leaf. */
export const givenBack = (amount: string, n: number, leaf: number): Fact => ({
  type: 'PurchaseRefunded',
  data: { refund: id(200 + leaf), order: id(n), orderLeaf: leaf, ...owned, amount, lines },
})

export const coupon: Fact = {
  type: 'CouponRedeemed',
  data: { transfer: id(8), serial: 'xx-1', codeHash: 'c'.repeat(43), batch: 'xx', ...owned, amount: '10.00' },
}
