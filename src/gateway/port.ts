/**
 * Card payments. Nothing here knows a card: a browser gives a number to the gateway and gets a nonce, which pays once, or for which the gateway
 * keeps the card and names it by a token. Nonces and tokens are in no event, message or log.
 *
 * Money is a decimal text and an ISO 4217 code. `orderId` and `refundId` are our own UUIDs. A transaction is named by the gateway.
 *
 * **Asked once.** The gateway does not know our order ids for ours: a second `sale` under one is a second charge. So whoever calls `sale` has the order id
 * on disk before, never calls it twice for one order id, and never again after a crash. There are three ends:
 *  - it resolves: that is what happened, for sure;
 *  - it rejects with `GatewayUnreachable`: nothing was charged, for sure;
 *  - it rejects with `GatewayUnknown`, or with anything else, or the process dies: ask `find(orderId)`, until there is a charge, or there was none twice, a
 *    minute or more apart. A charge may turn up later all the same, and there may be more than one: what is too much is given back.
 *
 * Every call ends by itself, at the latest after the time that the adapter was given, and nothing of it is sent afterwards.
 * Every one rejects with `GatewayUnreachable` and `GatewayUnknown`; of a call that only asks, both mean: ask again.
 */
export interface Gateway {
  /** What a browser begins with. It is no secret of ours, and good for a day. */
  clientToken(): Promise<string>
  /** Charges, and submits for settlement at once. */
  sale(request: SaleRequest): Promise<SaleResult>
  /**
   * Every charge under the order id, the oldest first, whatever became of it; attempts that were declined are none. Just after a charge it may not be found
   * yet. Its amount and currency are the gateway's, to be compared with what was asked for.
   */
  find(orderId: string): Promise<readonly GatewayCharge[]>
  /**
   * Gives the money of a charge back, or part of it. One caller at a time for one refund id; under the same one it may be called again: it looks for the
   * refund first, and finds what it did before. After `GatewayUnknown`, though, a minute should pass.
   */
  refund(request: RefundRequest): Promise<RefundResult | RefundNotYet>
  /** The refund under this id; `null`: there is none, or none to be seen yet. */
  findRefund(refundId: string, transaction: string): Promise<RefundResult | null>
  /** Of a charge or of a refund. Like every call that names a transaction which the gateway does not have, it then rejects with `GatewayUnreachable`. */
  state(transaction: string): Promise<GatewayState>
  close(): Promise<void>
}

export interface SaleRequest {
  readonly orderId: string
  /** Above zero, with as many decimals as the currency has. */
  readonly amount: string
  readonly currency: string
  readonly means: Means
}

export type Means =
  /** `store`: the gateway keeps the card if the sale succeeds. */
  | { readonly kind: 'nonce'; readonly nonce: string; readonly store: boolean }
  /** A card that it kept. */
  | { readonly kind: 'card'; readonly token: string }

export type SaleResult =
  | ({ readonly kind: 'charged' } & GatewayCharge)
  /** By the bank, or by the gateway's own rules. Nothing was charged; another card, or another day, may do. */
  | { readonly kind: 'declined'; readonly code: string; readonly reason: string }
  /** The request itself: an unknown or used nonce, an amount or a currency that cannot be. Nothing was charged. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

export interface GatewayCharge {
  readonly transaction: string
  /** As the gateway writes it: compare it as money, not as text. */
  readonly amount: string
  readonly currency: string
  readonly state: GatewayState
  /** The token of the card that was stored or used; `null`: the gateway keeps none. */
  readonly card: string | null
  /** Its refunds, whatever became of them: transactions. */
  readonly refundIds: readonly string[]
}

/**
 * `pending`: on its way; `settled`: the money has moved; `failed`: it never will; `voided`: taken back before it moved; `returned`: the bank
 * took it back afterwards, and the dispute about it is lost. A charge in `failed`, `voided` or `returned` pays for nothing. `settled` may become `returned`.
 */
export type GatewayState = 'pending' | 'settled' | 'failed' | 'voided' | 'returned'

export interface RefundRequest {
  readonly refundId: string
  /** The charge. */
  readonly transaction: string
  /** Above zero, at most the charge less what was given back of it already. */
  readonly amount: string
}

export type RefundResult =
  /** The whole charge, before it moved. `transaction` is the charge's. */
  | { readonly kind: 'voided'; readonly transaction: string }
  /** `transaction` is the refund's own. `refunding`: ask its `state` later. */
  | { readonly kind: 'refunding' | 'refunded'; readonly transaction: string }
  /** Nothing was given back, and will not be under this refund id. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }

/** No part can be given back before the charge has settled. Nothing was done: call again then. */
export interface RefundNotYet {
  readonly kind: 'not_yet'
}

/** The gateway may have done what it was asked for, or may do it yet. */
export class GatewayUnknown extends Error {
  readonly code = 'gateway_unknown'
}

/** It did nothing and will do nothing: it was not reached, or turned the call away (our keys, too many calls, a transaction that it does not have). */
export class GatewayUnreachable extends Error {
  readonly code = 'gateway_unreachable'
}
