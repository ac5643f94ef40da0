import type { DataOf, Fact } from '../../events/catalogue.js'
import type { Line } from '../../src/ledger/state.js'
import { idOf } from './books.js'

/** Short ways to say what happened; all in EUR. Ids are `idOf(n)`; leaf numbers are given where a fact names an earlier one. */

export const opened = (owner: string, creditLimit = '0.00', currency = 'EUR'): Fact => ({
  type: 'AccountOpened',
  data: { owner, currency, creditLimit },
})

export const recharged = (account: string, amount: string, n = 1): Fact => ({
  type: 'Recharged',
  data: { transfer: idOf(n), account, amount, currency: 'EUR', method: 'bank' },
})

export const frozen = (account: string): Fact => ({ type: 'AccountFrozen', data: { account, reason: 'test' } })

export const unfrozen = (account: string): Fact => ({ type: 'AccountUnfrozen', data: { account, reason: 'test' } })

type PlanData = DataOf<'PlanPublished'>

/** Of the type C, billed by the month. */
export const published = (plan: string, price: string, more: Partial<PlanData> = {}): Fact => ({
  type: 'PlanPublished',
  data: {
    plan,
    itemVersion: 1,
    name: `Plan ${plan}`,
    type: 'C',
    price,
    currency: 'EUR',
    billPeriod: 'M',
    description: 'a plan',
    ...more,
  },
})

export const region = (id: string): Fact => ({
  type: 'RegionPublished',
  data: { region: id, itemVersion: 1, description: 'somewhere' },
})

type PromocodeData = DataOf<'PromocodePublished'>

/** 10 % of the first month. */
export const promocode = (
  id: string,
  more: Partial<PromocodeData> = {},
): Extract<Fact, { type: 'PromocodePublished' }> => ({
  type: 'PromocodePublished',
  data: { promocode: id, itemVersion: 1, name: '10 discount', type: 'percent', value: '10', periods: 1, ...more },
})

/** On the terms of a publication. */
export const granted = (published: ReturnType<typeof promocode>, account: string, number: number, n: number): Fact => {
  const { itemVersion, itemLeaf: _, grants: __, ...terms } = published.data
  return {
    type: 'PromocodeGranted',
    data: { grant: idOf(n), ...terms, promocodeVersion: itemVersion, number, account },
  }
}

/** The same purchase, its items at the price of a promocode granted at that leaf. */
export const promoted = <Sold extends { readonly items: DataOf<'Purchased'>['items'] }>(
  sold: Sold,
  code: string,
  grantLeaf: number,
): Sold => ({
  ...sold,
  items: sold.items.map((item) => ({
    ...item,
    promocode: { code, grantLeaf, type: 'percent' as const, value: '10', periodsLeft: 0 },
  })),
})

export const addon = (id: string, currency = 'EUR'): Fact => ({
  type: 'AddonPublished',
  data: { addon: id, itemVersion: 1, name: id, price: '1.50', currency, quotas: { sms: '10' } },
})

/** What random commands buy and grant. */
export const onSale: readonly Fact[] = [
  published('Basic10', '4.00'),
  published('Pro30', '9.00'),
  published('Yearly', '20.00', { billPeriod: 'yearly' }),
  published('free', '0.00', { billPeriod: 'yearly' }),
  published('Free', '0.00', { quotas: { email: '30', storage: '0.05' } }),
  published('once', '1.50', { billPeriod: 'once', region: 'cn-north-1' }),
  region('cn-north-1'),
  promocode('ten'),
  promocode('few', { grants: 2 }),
  promocode('soon', { expiresAt: '2026-03-08T12:00:00.000Z' }),
  addon('more'),
]

type Parties = readonly [buyer: string, seller: string]

export const traded = ([buyer, seller]: Parties, amount: string, n: number): Fact => ({
  type: 'Traded',
  data: { order: idOf(n), buyer, seller, amount, currency: 'EUR' },
})

export const authorized = ([buyer, seller]: Parties, amount: string, n: number, expiresAt: string): Fact => ({
  type: 'TradeAuthorized',
  data: { order: idOf(n), buyer, seller, amount, currency: 'EUR', expiresAt },
})

export const serviced = (service: string, itemVersion = 1): Fact => ({
  type: 'ServicePublished',
  data: {
    service,
    itemVersion,
    ...(itemVersion > 1 && { itemLeaf: 0 }),
    class: 'c',
    provider: 'p',
    name: 'n',
    description: 'd',
    imageUrl: 'i',
  },
})

export const provisioned = (instance: string, owner: string, n: number): Fact => ({
  type: 'InstanceProvisioned',
  data: { instance, service: 'db', serviceVersion: 1, owner, credentials: idOf(n) },
})

export const fetched = (instance: string, owner: string): Fact => ({
  type: 'InstanceCredentialsFetched',
  data: { instance, owner },
})

export const deprovisioned = (instance: string, owner: string, n: number, reason?: string): Fact => ({
  type: 'InstanceDeprovisioned',
  data: { instance, owner, credentials: idOf(n), ...(reason !== undefined && { reason }) },
})

/** What later events of an order repeat. */
export const of = (n: number, orderLeaf: number, [buyer, seller]: Parties) => ({
  order: idOf(n),
  orderLeaf,
  buyer,
  seller,
  currency: 'EUR',
})

export const refunding = (n: number, order: ReturnType<typeof of>, amount: string): Fact => ({
  type: 'RefundRequested',
  data: { refund: idOf(n), ...order, amount },
})

export const decided = (
  type: 'RefundApproved' | 'RefundRejected' | 'RefundWithdrawn',
  refund: readonly [n: number, leaf: number],
  order: ReturnType<typeof of>,
  amount: string,
): Fact => {
  const data: DataOf<'RefundApproved'> = { refund: idOf(refund[0]), refundLeaf: refund[1], ...order, amount }
  return { type, data }
}

/** A plan of the month of March 2026, at a price. */
const plan = (price: string, subscription: string) => ({
  plan: 'basic',
  planVersion: 1,
  name: 'Basic',
  type: 'C',
  price,
  billPeriod: 'M',
  description: '',
  subscription,
  period: { start: '2026-03-01', end: '2026-04-01', anchor: '2026-03-01', unit: 'month', zone: 'UTC' } as const,
})

export const line = (kind: Line['kind'], amount: string): Line => ({ item: 0, plan: 'basic', kind, amount })

export const purchased = (
  account: string,
  amount: string,
  n: number,
  ...lines: readonly Line[]
): DataOf<'Purchased'> => ({
  order: idOf(n),
  account,
  amount,
  currency: 'EUR',
  items: [plan(amount, idOf(n))],
  lines: lines.length === 0 ? [line('charge', amount)] : [...lines],
})

/** The next period of a subscription that began at `[n, leaf]`. */
export const renewed = (account: string, amount: string, [n, leaf]: readonly [number, number], order: number): Fact => {
  const { items, ...data } = purchased(account, amount, order)
  const next = items.map((item) => ({
    ...item,
    subscription: idOf(n),
    period: { ...plan(amount, '').period, start: '2026-04-01', end: '2026-05-01' },
  }))
  return { type: 'SubscriptionRenewed', data: { ...data, items: next, subscription: idOf(n), subscriptionLeaf: leaf } }
}

export const retired = (kind: DataOf<'CatalogueItemRetired'>['kind'], id: string): Fact => ({
  type: 'CatalogueItemRetired',
  data: { kind, id, itemVersion: 1, itemLeaf: 0 },
})

/** One item of each kind, published for the first time. */
export const stocked: readonly Fact[] = [
  { type: 'RegionPublished', data: { region: 'north', itemVersion: 1, description: '铸造一区' } },
  {
    type: 'PlanPublished',
    data: {
      plan: 'pro',
      itemVersion: 1,
      name: 'Pro',
      type: 'C',
      level: 'S',
      price: '40.88',
      currency: 'EUR',
      billPeriod: 'M',
      region: 'north',
      description: '1 CPU Core',
      quotas: { sms: '0', storage: '0.05' },
    },
  },
  {
    type: 'PromocodePublished',
    data: { promocode: 'ten', itemVersion: 1, name: '10 discount', type: 'percent', value: '10', periods: 1 },
  },
  {
    type: 'AddonPublished',
    data: { addon: 'more', itemVersion: 1, name: 'More', price: '1.50', currency: 'EUR', quotas: { sms: '10' } },
  },
  {
    type: 'RepoPublished',
    data: { repo: 'maps', itemVersion: 1, class: 'Class A', label: 'L', description: 'd', owner: 'o', imageUrl: 'i' },
  },
  {
    type: 'RepoItemPublished',
    data: {
      repo: 'maps',
      item: 'roads',
      itemVersion: 1,
      url: 'www.example.com',
      owner: 'own',
      attributes: [{ name: 'attr1', comment: 'c', example: 'a', order: 1 }],
    },
  },
  {
    type: 'ServicePublished',
    data: {
      service: 'db',
      itemVersion: 1,
      class: '数据库',
      provider: 'p',
      name: 'Meteorological',
      description: 'd',
      imageUrl: 'i',
    },
  },
]
