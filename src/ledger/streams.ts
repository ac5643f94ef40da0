import type { Fact } from '../../events/catalogue.js'
import { inAccount } from './facts.js'
import { ownerOf } from './owner.js'
import type { Order } from './state.js'

/** The names of streams: they are never changed. */

const ACCOUNT = 'account-'

export const accountStream = (name: string): string => `${ACCOUNT}${name}`

/** The account of a stream; `null`: it is none's. */
export const accountOf = (stream: string): string | null =>
  stream.startsWith(ACCOUNT) ? stream.slice(ACCOUNT.length) : null

/** Of a party of an order; `null`: there is no such order. */
export const partyStream = (order: Order | undefined, party: 'buyer' | 'seller'): string | null =>
  order === undefined ? null : accountStream(order.facts[party])

/** Of the owner of a purchase; `null`: there is no such purchase. */
export const purchaseStream = (purchase: { readonly account: string } | undefined): string | null =>
  purchase === undefined ? null : accountStream(purchase.account)

/** What is sold and shown. */
export const CATALOGUE = 'catalogue'

export const batchStream = (batch: string): string => `coupons-${batch}`
export const couponStream = (serial: string): string => `coupon-${serial}`
export const instanceStream = (instance: string): string => `instance-${instance}`
export const promocodeStream = (promocode: string): string => `promocode-${promocode}`
export const cartStream = (account: string): string => `cart-${account}`
export const customerStream = (account: string): string => `customer-${account}`

/** The stream that a fact lies in: the one whose revision guards it. */
export const streamOf = (fact: Fact): string => {
  if (inAccount(fact)) return accountStream(ownerOf(fact))
  switch (fact.type) {
    case 'CouponsIssued':
      return batchStream(fact.data.batch)
    case 'CouponRedeemed':
      return couponStream(fact.data.serial)
    case 'InstanceProvisioned':
    case 'InstanceCredentialsFetched':
    case 'InstanceDeprovisioned':
      return instanceStream(fact.data.instance)
    case 'PromocodeGranted':
      return promocodeStream(fact.data.promocode)
    case 'CartItemAdded':
    case 'CartItemChanged':
    case 'CartItemRemoved':
      return cartStream(fact.data.account)
    case 'CustomerChanged':
    case 'PersonErased':
      return customerStream(fact.data.account)
    default:
      return CATALOGUE
  }
}
