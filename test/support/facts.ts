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
