import type { DataOf, Fact } from '../../events/catalogue.js'
import type { BasketItem } from '../../src/ledger/decide/basket.js'
import type { BoughtPlan } from '../../src/ledger/state.js'
import { ID, LEAF, onFree } from './device.js'
import { addon, published, recharged } from './facts.js'
import { NEW_ID } from './given.js'

/** What is on sale besides the free plan: three plans by the month, one by the year, one that is not renewed, two add-ons of 1.50. */
export const plans: readonly Fact[] = [
  published('Basic10', '10.00'),
  published('Pro30', '30.00'),
  published('Enterprise50', '50.00'),
  published('Yearly', '120.00', { billPeriod: 'yearly' }),
  published('once', '5.00', { billPeriod: 'once' }),
  addon('more'),
  addon('space'),
]

/** ann has 20.00 and a device on the free plan; then the plans, from leaf 4 on. */
export const shop: readonly Fact[] = [...onFree, ...plans]

/** Twelve days of June are left, in Shanghai. */
export const JUNE_19 = '2020-06-19T02:00:00.000Z'

/** The rest of June, or what is left of it. */
export const juneFrom = (day: number) =>
  ({ start: `2020-06-${day}`, end: '2020-07-01', anchor: '2020-07-01', unit: 'month', zone: 'Asia/Shanghai' }) as const

/** A plan of the shop on ann's device. */
export const on = (plan: string, price: string, more: Partial<BoughtPlan> = {}): BoughtPlan => ({
  plan,
  planVersion: 1,
  name: `Plan ${plan}`,
  type: 'C',
  price,
  billPeriod: 'M',
  description: 'a plan',
  subscription: ID,
  subscriptionLeaf: LEAF,
  ...more,
})

type Kind = DataOf<'Purchased'>['lines'][number]['kind']

/** Of the first item. */
export const lineOf = (plan: string, kind: Kind, amount: string) => ({ item: 0, plan, kind, amount })

/** As it is bought with it. */
export const bought = (id: string) => ({
  addon: id,
  addonVersion: 1,
  name: id,
  price: '1.50',
  quotas: { sms: '10' },
})

/** Of ann's device and the dearest plan, where nothing else is said. */
export const basket = (...items: readonly Partial<BasketItem>[]) => ({
  account: 'ann',
  items: items.map((item) => ({ subscription: ID, plan: 'Enterprise50', ...item })),
})

/** Bought from the balance, in EUR. */
export const purchase = (
  amount: string,
  items: BoughtPlan[],
  lines: DataOf<'Purchased'>['lines'],
  more: Partial<DataOf<'Purchased'>> = {},
): Fact => ({
  type: 'Purchased',
  data: { order: NEW_ID, account: 'ann', amount, currency: 'EUR', items, lines, ...more },
})

/** The same where ann can pay. */
export const rich: readonly Fact[] = [...shop, recharged('ann', '900.00', 2)]

/** Paid for since the first of June. */
export const runs = (plan: string, price: string, more: Partial<BoughtPlan> = {}): Fact => {
  const period = { ...juneFrom(19), start: '2020-06-01' }
  return purchase('0.00', [on(plan, price, { period, charged: price, ...more })], [])
}

export const twelve = { on: '2020-06-19', remainingDays: 12, totalDays: 30 }
/** Of what is bought on 19 June. */
export const rest = { period: juneFrom(19), proration: twelve }
export const enterprise = on('Enterprise50', '50.00', { ...rest, charged: '20.00' })
