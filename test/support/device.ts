import type { DataOf, Fact } from '../../events/catalogue.js'
import type { BoughtPlan } from '../../src/ledger/state.js'
import { idOf } from './books.js'
import { opened, published, recharged } from './facts.js'

/** The subscription of a device of ann's, in EUR: its id is `idOf(5)`, and it began with event 3. */
export const ID = idOf(5)
export const LEAF = 3
export const NAMES = { account: 'ann', subscription: ID, subscriptionLeaf: LEAF }

export const FREE: BoughtPlan = {
  plan: 'Free',
  planVersion: 1,
  name: 'Plan Free',
  type: 'C',
  price: '0.00',
  billPeriod: 'M',
  description: 'a plan',
  quotas: { email: '30', storage: '0.05' },
}

export const freePlan = published('Free', '0.00', { quotas: { email: '30', storage: '0.05' } })

export const began: Fact = {
  type: 'SubscriptionOpened',
  data: { subscription: ID, account: 'ann', device: 'PH80', item: FREE },
}

/** ann has 20.00, and a device on the free plan. */
export const onFree: readonly Fact[] = [freePlan, opened('ann'), recharged('ann', '20.00'), began]

/** February 2026, from the 10th on, and all of March. */
export const FEBRUARY = {
  start: '2026-02-10',
  end: '2026-03-01',
  anchor: '2026-03-01',
  unit: 'month',
  zone: 'UTC',
} as const
export const MARCH = { ...FEBRUARY, start: '2026-03-01', end: '2026-04-01' } as const

/** 10.00 a month. */
export const pro = (period: BoughtPlan['period'], more: Partial<BoughtPlan> = {}): BoughtPlan => ({
  plan: 'Pro',
  planVersion: 2,
  name: 'Pro',
  type: 'C',
  price: '10.00',
  billPeriod: 'monthly',
  description: '',
  quotas: { sms: '5', email: '100' },
  subscription: ID,
  subscriptionLeaf: LEAF,
  ...(period && { period, charged: '10.00' }),
  ...more,
})

export const charge = (amount: string) => ({ item: 0, plan: 'Pro', kind: 'charge' as const, amount })

/** Bought on 10 February, for 7.00. */
export const boughtPro = (item: Partial<BoughtPlan> = {}): Fact => ({
  type: 'Purchased',
  data: {
    order: idOf(6),
    account: 'ann',
    amount: '7.00',
    currency: 'EUR',
    items: [pro(FEBRUARY, { charged: '7.00', ...item })],
    lines: [charge('7.00')],
  },
})

export const started = (more: Partial<DataOf<'CheckoutStarted'>> = {}): Fact => ({
  type: 'CheckoutStarted',
  data: {
    checkout: idOf(7),
    account: 'ann',
    purpose: 'purchase',
    amount: '7.00',
    currency: 'EUR',
    items: [pro(FEBRUARY, { charged: '7.00' })],
    lines: [charge('7.00')],
    means: 'nonce',
    ...more,
  },
})

export const paid = (checkoutLeaf: number, more: Partial<DataOf<'CheckoutPaid'>> = {}): Fact => ({
  type: 'CheckoutPaid',
  data: {
    checkout: idOf(7),
    checkoutLeaf,
    account: 'ann',
    purpose: 'purchase',
    amount: '7.00',
    currency: 'EUR',
    items: [pro(FEBRUARY, { charged: '7.00' })],
    lines: [charge('7.00')],
    transaction: 't1',
    ...more,
  },
})

/** Bought by a card that is kept, with events 4 and 5. */
export const onCard: readonly Fact[] = [...onFree, started(), paid(4, { card: idOf(8) })]

export const pastDue = (until: string): Fact => ({
  type: 'SubscriptionPastDue',
  data: { ...NAMES, amount: '10.00', currency: 'EUR', due: '2026-03-01', until },
})

export const cancelled: Fact = { type: 'SubscriptionCancelled', data: { ...NAMES, endsOn: '2026-03-01' } }

export const reverted = (on: string, reason: DataOf<'SubscriptionReverted'>['reason']): Fact => ({
  type: 'SubscriptionReverted',
  data: { ...NAMES, on, reason, item: FREE },
})

/** March, by card. */
export const renewing = (triedOn: string, n: number): Fact =>
  started({
    checkout: idOf(n),
    purpose: 'renewal',
    amount: '10.00',
    items: [pro(MARCH)],
    lines: [charge('10.00')],
    means: 'stored',
    triedOn,
  })
