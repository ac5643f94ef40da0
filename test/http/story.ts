import type { Fact } from '../../events/catalogue.js'
import type { Checkout } from '../../src/ledger/checkout-document.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { coupons } from '../support/coupons.js'
import { FREE } from '../support/device.js'
import { granted, promocode, stocked } from '../support/facts.js'
import { sealedAddress, sealedFor } from '../support/person.js'

export const uuid = (number: number): string => `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`

/** Of the event at a leaf; its first digits say it already. */
export const eventId = (leaf: number): string => `${leaf.toString().padStart(8, '0')}-0000-4000-8000-000000000000`

const money = { currency: 'EUR' }
const database = { instance: 'i-1', owner: 'alice' }

/** The code of the first coupon of the story, and that of none. */
export const code = coupons.codeOf('spring-1')
export const wrongCode = coupons.codeOf('spring-2')

const codeHash = coupons.hashOf(code)
export const issued: Fact = {
  type: 'CouponsIssued',
  data: {
    batch: 'spring',
    amount: '10.50',
    expiresAt: '2026-12-31T16:00:00.000Z',
    coupons: [{ serial: 'spring-1', codeHash }],
    ...money,
  },
}
export const redeemed: Fact = {
  type: 'CouponRedeemed',
  data: {
    transfer: uuid(7),
    serial: 'spring-1',
    codeHash,
    batch: 'spring',
    account: 'alice',
    amount: '10.50',
    ...money,
  },
}

export const carted: Fact = {
  type: 'CartItemAdded',
  data: {
    account: 'alice',
    item: uuid(8),
    subscription: uuid(70),
    subscriptionHex: 'a'.repeat(24),
    plan: 'pro',
    addons: ['more'],
  },
}

/** Of alice's: a recharge by card that is not paid yet. */
export const checkoutId = uuid(8)
const charged: Extract<Fact, { type: 'CheckoutStarted' }> = {
  type: 'CheckoutStarted',
  data: {
    checkout: checkoutId,
    account: 'alice',
    purpose: 'recharge',
    amount: '20.00',
    ...money,
    items: [],
    lines: [],
    means: 'nonce',
  },
}

/** alice buys of bob: one trade, one authorised trade, one trade whose refund is under review. Of each kind of item there is one. */
export const story: readonly Fact[] = [
  { type: 'AccountOpened', data: { owner: 'alice', creditLimit: '500.00', ...money } },
  { type: 'AccountOpened', data: { owner: 'bob', creditLimit: '0.00', ...money } },
  { type: 'Recharged', data: { transfer: uuid(2), account: 'alice', amount: '1000.50', method: 'manual', ...money } },
  { type: 'Traded', data: { order: uuid(3), buyer: 'alice', seller: 'bob', amount: '100.00', plan: '11', ...money } },
  {
    type: 'TradeAuthorized',
    data: {
      order: uuid(4),
      buyer: 'alice',
      seller: 'bob',
      amount: '20.00',
      expiresAt: '2026-04-01T00:00:00.000Z',
      ...money,
    },
  },
  { type: 'Traded', data: { order: uuid(5), buyer: 'alice', seller: 'bob', amount: '30.00', ...money } },
  {
    type: 'RefundRequested',
    data: { refund: uuid(6), order: uuid(5), orderLeaf: 5, buyer: 'alice', seller: 'bob', amount: '30.00', ...money },
  },
  ...stocked,
  issued,
  { type: 'InstanceProvisioned', data: { ...database, service: 'db', serviceVersion: 1, credentials: uuid(7) } },
  { type: 'InstanceCredentialsFetched', data: database },
  { type: 'CustomerChanged', data: { account: 'alice', address: sealedAddress('alice'), taxCountry: 'SG' } },
  granted(promocode('ten'), 'alice', 1, 8),
  charged,
  carted,
]

/** The same, and alice has a device. */
export const deviceStory: readonly Fact[] = [
  ...story,
  {
    type: 'SubscriptionOpened',
    data: {
      subscription: uuid(70),
      account: 'alice',
      device: 'PH80',
      deviceName: sealedFor('alice', 'device-name', 'G1'),
      item: FREE,
    },
  },
]

/** What the subscriptions API calls the item that lies in alice's cart. */
export const cartItemId = hexId(eventId(story.length - 1))

/** What the subscriptions API calls that payment. */
export const paymentId = hexId(eventId(story.indexOf(charged)))

export const checkout: Checkout = {
  kind: 'checkout',
  id: checkoutId,
  leaf: story.indexOf(charged),
  started: charged.data,
  state: 'open',
  transaction: null,
  unwanted: [],
}
