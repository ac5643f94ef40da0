import type { DataOf, Fact } from '../../events/catalogue.js'
import type { BoughtPlan } from '../../src/ledger/state.js'
import { ID, LEAF, onFree } from './device.js'
import { addon, published } from './facts.js'

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
