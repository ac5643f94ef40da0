import type { DataOf } from '../../events/catalogue.js'
import type { EventOf } from '../follower/projection.js'
import { hexId } from '../ledger/hex-id.js'
import { fromEvent } from '../ledger/money.js'
import { begun, type Changing, evolveItem, type SeenPlan, type SubscribedPlan, seen } from './subscriptions-item.js'

/** The events of purchases, and of subscriptions. */
export type Handled = Changing | EventOf<'SubscriptionOpened' | 'PurchaseRefunded'>

/** A purchase with the plans that began with it. Money is in integer minor units of `currency`. */
export interface PurchaseRow {
  readonly kind: 'purchase'
  readonly order: string
  readonly recordedAt: string
  readonly currency: string
  readonly amount: bigint
  /** Of this order: renewals are orders of their own. */
  readonly refunded: bigint
  readonly items: readonly SubscribedPlan[]
}

/** The subscription of a device. */
export interface DeviceRow {
  readonly kind: 'device'
  readonly subscription: string
  /** What the subscriptions API calls it. */
  readonly hex: string
  readonly device: string
  /** What the owner calls it, under a key of the person. */
  readonly deviceName: NonNullable<DataOf<'SubscriptionOpened'>['deviceName']> | null
  readonly recordedAt: string
  /** The plan without a price, as it was when the subscription was last put on it. */
  readonly free: SeenPlan
  readonly item: SubscribedPlan
}

export type SubscriptionRow = PurchaseRow | DeviceRow

/** `undefined`: the event begins nothing. */
export const makeRow = (event: Handled): SubscriptionRow | undefined => {
  const { recordedAt } = event.metadata
  const hex = hexId(event.id)
  if (event.type === 'SubscriptionOpened') {
    const { subscription, device, deviceName = null, item } = event.data
    const plan = begun(item, 'active', null)
    return { kind: 'device', subscription, hex, device, deviceName, recordedAt, free: plan.plan, item: plan }
  }
  if (event.type !== 'Purchased') return undefined
  const { order, currency, amount, items } = event.data
  const all = items
    .filter(begins)
    .map((plan) =>
      plan.subscription === undefined ? begun(plan, 'bought', null) : begun(plan, 'active', { by: order, hex }),
    )
  if (all.length === 0) return undefined
  return { kind: 'purchase', order, recordedAt, currency, amount: fromEvent(amount), refunded: 0n, items: all }
}

/** What is sold for a subscription that was there before is shown with that one. */
export const begins = ({ subscriptionLeaf }: DataOf<'Purchased'>['items'][number]): boolean =>
  subscriptionLeaf === undefined

/** What a later event changes: of its own subscriptions alone. */
export const evolveRow = (row: SubscriptionRow, event: Handled): SubscriptionRow => {
  if (event.type === 'SubscriptionOpened') return row
  if (event.type === 'PurchaseRefunded') {
    return row.kind === 'device' ? row : { ...row, refunded: row.refunded + fromEvent(event.data.amount) }
  }
  const hex = hexId(event.id)
  if (row.kind === 'device') {
    const free = event.type === 'SubscriptionReverted' ? seen(event.data.item) : row.free
    return { ...row, free, item: evolveItem(row.item, row.subscription, hex, event) }
  }
  const items = row.items.map((item) => {
    const { subscription } = item.plan
    return subscription === undefined ? item : evolveItem(item, subscription, hex, event)
  })
  return { ...row, items }
}
