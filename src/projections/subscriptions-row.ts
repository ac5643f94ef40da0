import type { EventOf } from '../follower/projection.js'
import { fromEvent } from '../ledger/money.js'
import type { BoughtPlan } from '../ledger/state.js'

/** The events of purchases and of the subscriptions that they began. */
export type Handled = EventOf<
  | 'Purchased'
  | 'SubscriptionRenewed'
  | 'SubscriptionPastDue'
  | 'SubscriptionCancelled'
  | 'SubscriptionEnded'
  | 'PurchaseRefunded'
>

/** `bought`: a plan that is not renewed. `cancelled`: it ends with its period. */
export const states = ['bought', 'active', 'past_due', 'cancelled', 'ended'] as const
export const reasons = ['unpaid', 'cancelled', 'refunded'] as const

/** One plan of a purchase, as it was bought, and how it stands. */
export interface PurchasedItem {
  /** Its period is the one that is paid. */
  readonly plan: BoughtPlan
  readonly state: (typeof states)[number]
  /** The last day of grace, while it is past due. */
  readonly until: string | null
  /** The order that paid for the period; `null`: it has none. */
  readonly paidBy: string | null
  /** The first day without it, and why. */
  readonly endedOn: string | null
  readonly reason: (typeof reasons)[number] | null
}

/** A purchase with its plans. Money is in integer minor units of `currency`. */
export interface PurchaseRow {
  readonly order: string
  readonly recordedAt: string
  readonly currency: string
  readonly amount: bigint
  /** Of this order: renewals are orders of their own. */
  readonly refunded: bigint
  readonly items: readonly PurchasedItem[]
}

/** `undefined`: the event begins nothing. */
export const makeRow = (event: Handled): PurchaseRow | undefined => {
  if (event.type !== 'Purchased') return undefined
  const { order, currency, amount, items } = event.data
  const { recordedAt } = event.metadata
  const all = items.map(
    (plan): PurchasedItem => ({
      plan,
      state: plan.subscription === undefined ? 'bought' : 'active',
      until: null,
      paidBy: plan.subscription === undefined ? null : order,
      endedOn: null,
      reason: null,
    }),
  )
  return { order, recordedAt, currency, amount: fromEvent(amount), refunded: 0n, items: all }
}

/** What a later event changes: of its own subscription alone. */
export const evolveRow = (row: PurchaseRow, event: Handled): PurchaseRow => {
  switch (event.type) {
    case 'Purchased':
      return row
    case 'SubscriptionRenewed': {
      const { order, items } = event.data
      const [plan] = items
      return change(row, event.data, (item) => ({
        ...item,
        plan: plan ?? item.plan,
        state: 'active',
        until: null,
        paidBy: order,
      }))
    }
    case 'SubscriptionPastDue':
      return change(row, event.data, (item) => ({ ...item, state: 'past_due', until: event.data.until }))
    case 'SubscriptionCancelled':
      return change(row, event.data, (item) => ({ ...item, state: 'cancelled', until: null }))
    case 'SubscriptionEnded': {
      const { endedOn, reason } = event.data
      return change(row, event.data, (item) => ({ ...item, state: 'ended', until: null, endedOn, reason }))
    }
    case 'PurchaseRefunded':
      return { ...row, refunded: row.refunded + fromEvent(event.data.amount) }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const change = (
  row: PurchaseRow,
  { subscription }: { readonly subscription: string },
  to: (item: PurchasedItem) => PurchasedItem,
): PurchaseRow => ({
  ...row,
  items: row.items.map((item) => (item.plan.subscription === subscription ? to(item) : item)),
})
