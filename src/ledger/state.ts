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
  /** Where the card that renewals are charged to lies in the store of secrets; `null`: none is kept. */
  readonly card: string | null
  /** The one that was kept before it, which is to be destroyed; `null`: there was none. */
  readonly replaced: string | null
  /** What the gateway is to be asked about: at most `MAX_CHARGES`. */
  readonly charges: readonly Charge[]
  readonly revision: number
  /** Of the last event of the stream. */
  readonly recordedAt: string
}

/** A plan as it was bought, with the period that is paid. */
export type BoughtPlan = DataOf<'Purchased'>['items'][number]
export type Period = NonNullable<BoughtPlan['period']>
export type Line = DataOf<'Purchased'>['lines'][number]

/** A plan that runs, on a device or by itself, and is renewed period by period. */
export interface Subscription {
  /** That of the order that began it, or its own where a device's began it. */
  readonly id: string
  /** The leaf number of that event; -1 while it is in flight. */
  readonly leaf: number
  /** 24 hex digits of that event's id: what seed 002 calls it. */
  readonly hex: string
  /** `null`: of no device. It ends where one of a device goes back to the free plan. */
  readonly device: string | null
  readonly plan: BoughtPlan
  /** `null`: the free plan, which has none. */
  readonly period: Period | null
  /** The order that paid for the running period; `null`: it has none. */
  readonly order: string | null
  /** All orders that have paid for the running period since it began, the oldest first, each with the place of its item: at most `MAX_CHANGES`. */
  readonly paidBy: readonly { readonly order: string; readonly item: number }[]
  /** What pays for the running period from its start to its end: after promocodes, before tax, less what was given back; below zero where that is more. Decimal text in the account's currency. */
  readonly charged: string
  /** `cancelled`: it ends with the period. */
  readonly state: 'active' | 'past_due' | 'cancelled'
  /** The last day of grace, while it is past due. */
  readonly until: string | null
  /** The plan that is bought for when the period ends; `null`: the same, or none where it is cancelled. */
  readonly next: BoughtPlan | null
  /** The card checkout that is under way for it: nothing else may change it meanwhile. */
  readonly locked: string | null
  /** What pays for its renewals: what has paid for it last. `null`: nothing has; the card then, where the account keeps one, else the balance. */
  readonly pays: 'balance' | 'card' | null
  /** The day on which the card was last tried for a renewal. */
  readonly triedOn: string | null
}

/** A charge or a card refund that is not over, as far as the ledger knows. */
export interface Charge {
  /**
   * `open`: a checkout that is neither paid nor failed. `unsettled`: paid, its money has not come yet. `missing`: failed because the gateway
   * knew of no charge. `refund`: asked for, and not done yet.
   */
  readonly kind: 'open' | 'unsettled' | 'missing' | 'refund'
  /** Of the checkout, or of the refund. */
  readonly id: string
  /** Of the event that started it; -1 while it is in flight. */
  readonly leaf: number
  /** The instant of that event; of what is missing, when it failed. */
  readonly since: string
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
export const MAX_CHANGES = 50
export const MAX_OPEN_REFUNDS = 20
export const MAX_CHARGES = 100

/** Who asks. */
export interface Actor {
  /** The token's subject, or `system:<part>`. */
  readonly subject: string
  readonly admin: boolean
  /** May act for this account: it is the subject's own, or the token names it. */
  acts(account: string): boolean
  /** Has this scope: `recharge`, `withdraw`, `usage`. */
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
