import type { LedgerEvent } from '../../events/envelope.js'
import type { Refusal } from '../ledger/decision.js'
import type { Actor } from '../ledger/state.js'

/** An order or a recharge, as a client names it: our id (a UUID), or the number of the event that opened it (its leaf, decimal digits). */
export type Reference = string

/** Amounts are decimal text as the client wrote it, of the account's currency; the rules judge sign and decimals. */
interface TradeInput {
  readonly buyer: string
  readonly seller: string
  readonly amount: string
  /** Left out: the buyer's currency. */
  readonly currency?: string
  readonly plan?: string
  readonly reference?: string
}

/** The input of every command, by the operation's name: also the first word of a stored idempotency key (but for those that share an `operation`), so never renamed. */
export interface Inputs {
  open: { readonly owner: string; readonly currency?: string; readonly creditLimit?: string }
  /** `opens`: an account that does not exist is opened in the same append. */
  recharge: {
    readonly account: string
    readonly amount: string
    readonly currency?: string
    readonly method: string
    readonly reference?: string
    readonly effectiveDate?: string
    readonly opens: boolean
  }
  'reverse-recharge': {
    readonly account: string
    readonly recharge: Reference
    readonly amount?: string
    readonly reason?: string
  }
  withdraw: {
    readonly account: string
    readonly amount: string
    readonly currency?: string
    readonly method: string
    readonly reference?: string
  }
  adjust: {
    readonly account: string
    readonly direction: 'up' | 'down'
    readonly amount: string
    readonly currency?: string
    readonly reason: string
    readonly effectiveDate?: string
  }
  'credit-limit': { readonly account: string; readonly creditLimit: string }
  freeze: { readonly account: string; readonly reason: string }
  unfreeze: { readonly account: string; readonly reason: string }
  trade: TradeInput
  /** `expiresAt`: an instant; left out: now plus the configured time. */
  authorize: TradeInput & { readonly expiresAt?: string }
  /** `account`: where the client named one in the path (bill), it must be a party of the order. Left out amount: the whole. */
  capture: { readonly order: Reference; readonly amount?: string; readonly account?: string }
  void: { readonly order: Reference; readonly account?: string }
  /** The hold sweeper's own. */
  expire: { readonly order: Reference }
  /**
   * `again`: a request after a rejection is a new one (an admin, on /v1); else it is refused, and a repeat of an open request returns the first.
   * Left out amount: all that is not refunded yet.
   */
  'request-refund': {
    readonly order: Reference
    readonly amount?: string
    readonly reason?: string
    readonly account?: string
    readonly again: boolean
  }
  /** By the refund's id, or by the order: then its one open refund, or the one decided last. */
  'approve-refund': RefundInput
  'reject-refund': RefundInput & { readonly reason?: string }
  'withdraw-refund': RefundInput
}

interface RefundInput {
  readonly order: Reference
  readonly refund?: string
  readonly account?: string
}

export type CommandName = keyof Inputs

/** Who asks, and how the request is told from its own repetition. */
export interface CommandContext {
  readonly actor: Actor
  readonly correlationId: string
  /** The client's key, and the HMAC of method, path, query and canonical body. */
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null
}

/** Money of one account right after an event, in integer minor units: the follower's fold at that very event. */
export interface Standing {
  readonly actual: bigint
  readonly held: bigint
  readonly creditLimit: bigint
  readonly currency: string
}

export type Outcome =
  | {
      readonly kind: 'done'
      /** The command's own event, as it lies in the log. */
      readonly event: LedgerEvent
      /** The answer of an earlier request with the same key, or of the same decision taken before. */
      readonly replayed: boolean
      /** Of the guarded account at that event; `null` when it is only known to the views (a replay). */
      readonly standing: Standing | null
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The key was used for another request. */
  | { readonly kind: 'key-reused' }

/** What the HTTP surfaces know of the write side. */
export interface Commands {
  /** Resolves when the outcome is durable. Rejects with `Unavailable` where the answer must be 503. */
  execute<Name extends CommandName>(name: Name, input: Inputs[Name], context: CommandContext): Promise<Outcome>
  /** The order's opening event's leaf number and buyer, by our id or by number; committed facts only; `null`: unknown here. */
  locateOrder(
    reference: Reference,
  ): { readonly leaf: number; readonly id: string; readonly buyer: string; readonly seller: string } | null
}

/** Nothing can be said now; the client may repeat the request with the same key. */
export class Unavailable extends Error {
  constructor(
    readonly code:
      | 'outcome_unknown'
      | 'disk_full'
      | 'store_stopped'
      | 'busy'
      | 'conflicts'
      | 'clock'
      | 'shutting_down'
      | 'not_ready',
    message: string,
  ) {
    super(message)
  }
}
