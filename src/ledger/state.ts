import type { DataOf } from '../../events/catalogue.js'

/**
 * What the rules read: plain immutable states, each a pure fold of the log. Money is in integer minor units of the account's currency.
 * Every state belongs to one stream and is guarded by its revision, except `incoming`, which others' events raise.
 */

/** An open hold on an account's money: an authorised trade. */
export interface OpenHold {
  readonly order: string
  readonly orderLeaf: number
  readonly seller: string
  readonly amount: bigint
  readonly expiresAt: string
}

/** The part of an account that its own stream alone folds to. */
export interface OwnAccount {
  readonly name: string
  readonly currency: string
  readonly creditLimit: bigint
  readonly frozen: boolean
  /** Own credits less own debits; below zero where money that others sent was spent. */
  readonly net: bigint
  /** Held for authorised trades and for refunds under review. */
  readonly held: bigint
  /** Authorised trades that are still open: at most `MAX_OPEN_HOLDS`. A hold whose leaf number is not known yet is in flight: `orderLeaf` is -1. */
  readonly holds: readonly OpenHold[]
  /** Those that are not over: at most `MAX_SUBSCRIPTIONS`. */
  readonly subscriptions: readonly Subscription[]
  readonly revision: number
  /** Of the last event of the stream. */
  readonly recordedAt: string
}

/** A plan as it was bought, with the period that is paid. */
export type BoughtPlan = DataOf<'Purchased'>['items'][number]
export type Period = NonNullable<BoughtPlan['period']>
export type Line = DataOf<'Purchased'>['lines'][number]

/** A plan that is renewed period by period. */
export interface Subscription {
  /** That of the order that began it. */
  readonly id: string
  /** The leaf number of that event; -1 while it is in flight. */
  readonly leaf: number
  readonly plan: BoughtPlan
  readonly period: Period
  /** The order that paid for the running period. */
  readonly order: string
  /** `cancelled`: it ends with the period. */
  readonly state: 'active' | 'past_due' | 'cancelled'
  /** The last day of grace, while it is past due. */
  readonly until: string | null
}

export interface Account {
  readonly own: OwnAccount
  readonly incoming: bigint
}

/** Facts of an order that never change. */
export interface OrderFacts {
  readonly id: string
  readonly leaf: number
  readonly buyer: string
  readonly seller: string
  /** What was authorised or traded. */
  readonly amount: bigint
  readonly currency: string
}

/** The part of an order that the buyer's stream folds to. `decidedAt`: the revision of the event that ended the hold, or of the trade itself. */
export interface OrderPayment {
  readonly state: 'pending' | 'effective' | 'voided' | 'expired'
  /** What was really taken: the whole, or the captured part; 0n while pending and after a void. */
  readonly paid: bigint
  readonly expiresAt: string | null
  readonly decidedAt: number
  /** The leaf number of that event; -1 while it is in flight. */
  readonly decidedLeaf: number
}

/** The part of an order that the seller's stream folds to. */
export interface OrderRefunds {
  /** Approved. */
  readonly refunded: bigint
  /** Under review, oldest first: at most `MAX_OPEN_REFUNDS`. */
  readonly open: readonly { readonly refund: string; readonly amount: bigint }[]
  /** The refund decided last, and how. */
  readonly last: { readonly refund: string; readonly outcome: 'approved' | 'rejected' | 'withdrawn' } | null
}

export interface Order {
  readonly facts: OrderFacts
  readonly payment: OrderPayment
  readonly refunds: OrderRefunds
}

/** Guarded by the seller's stream. `leaf` is -1 while the request is in flight. */
export interface Refund {
  readonly id: string
  readonly leaf: number
  readonly order: string
  readonly orderLeaf: number
  readonly buyer: string
  readonly seller: string
  readonly amount: bigint
  readonly currency: string
  readonly state: 'open' | 'approved' | 'rejected' | 'withdrawn'
  /** Revisions in the seller's stream. */
  readonly requestedAt: number
  readonly decidedAt: number | null
  /** The leaf number of the decision; -1 before it, and while it is in flight. */
  readonly decidedLeaf: number
}

/** A recharge and how much of it was reversed. Guarded by the account's stream. */
export interface Recharge {
  readonly id: string
  readonly leaf: number
  readonly account: string
  readonly amount: bigint
  readonly currency: string
  readonly method: string
  readonly reversed: bigint
}

export const MAX_OPEN_HOLDS = 200
export const MAX_SUBSCRIPTIONS = 100
export const MAX_OPEN_REFUNDS = 20

/** Who asks. */
export interface Actor {
  /** The token's subject, or `system:<part>`. */
  readonly subject: string
  readonly admin: boolean
  /** May act for this account: it is the subject's own, or the token names it. */
  acts(account: string): boolean
  /** Has this scope: `recharge`, `withdraw`. */
  may(scope: string): boolean
}

/** What a decision is made with besides state and input. */
export interface Deciding {
  readonly actor: Actor
  /** The command's "now" = its events' `recordedAt`. */
  readonly now: string
  /** The id that this command gives to what it creates (an order, a refund, a transfer); a client never chooses it. */
  readonly id: string
}
