import type { DataOf, Fact } from '../../events/catalogue.js'
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

/** What random commands buy. */
export const onSale: readonly Fact[] = [
  published('Basic10', '4.00'),
  published('free', '0.00', { billPeriod: 'yearly' }),
  published('once', '1.50', { billPeriod: 'once', region: 'cn-north-1' }),
  region('cn-north-1'),
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
