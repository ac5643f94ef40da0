import type { DataOf, Fact } from '../../events/catalogue.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { idOf } from './books.js'
import { NOW } from './given.js'

/** The subscription `idOf(n)` of a device, on the free plan. */
export const device = (account: string, n: number): Fact => ({
  type: 'SubscriptionOpened',
  data: {
    subscription: idOf(n),
    account,
    device: `D${n}`,
    item: {
      plan: 'Free',
      planVersion: 1,
      name: 'Free',
      type: 'C',
      price: '0.00',
      billPeriod: 'M',
      description: '',
    },
  },
})

type CartData = DataOf<'CartItemAdded'>

/** Item `idOf(n)`, the plan `basic` for the subscription `idOf(subscription)`. */
export const wanted = (
  account: string,
  [n, subscription]: readonly [number, number],
  more: Partial<CartData> = {},
): CartData => ({
  account,
  item: idOf(n),
  subscription: idOf(subscription),
  subscriptionHex: hexId(idOf(subscription)),
  plan: 'basic',
  addons: [],
  ...more,
})

export const added = (...data: Parameters<typeof wanted>): Fact => ({ type: 'CartItemAdded', data: wanted(...data) })

export const changed = (itemLeaf: number, ...data: Parameters<typeof wanted>): Fact => ({
  type: 'CartItemChanged',
  data: { ...wanted(...data), itemLeaf, createdAt: NOW },
})

export const removed = (account: string, [n, itemLeaf]: readonly [number, number]): Fact => ({
  type: 'CartItemRemoved',
  data: { account, item: idOf(n), itemLeaf },
})
