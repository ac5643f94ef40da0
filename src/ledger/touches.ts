import { credit } from './account.js'
import type { AccountFact } from './facts.js'
import { ownerOf } from './owner.js'

/** The states that an event changes. Orders, refunds and recharges go by the leaf number of the event that opened them. */
export interface Touches {
  /** The account in whose stream the event lies. */
  readonly owner: string
  /** Another account that receives money. */
  readonly credited: string | null
  readonly order: number | null
  readonly refund: number | null
  readonly recharge: number | null
}

/** `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const touches = (event: AccountFact, leaf: number): Touches => ({
  owner: ownerOf(event),
  credited: credit(event)?.account ?? null,
  order: orderOf(event, leaf),
  refund: refundOf(event, leaf),
  recharge: rechargeOf(event, leaf),
})

const orderOf = (event: AccountFact, leaf: number): number | null => {
  if (event.type === 'Traded' || event.type === 'TradeAuthorized') return leaf
  return 'buyer' in event.data && 'orderLeaf' in event.data ? event.data.orderLeaf : null
}

const refundOf = (event: AccountFact, leaf: number): number | null => {
  if (event.type === 'RefundRequested') return leaf
  return 'buyer' in event.data && 'refundLeaf' in event.data ? event.data.refundLeaf : null
}

const rechargeOf = (event: AccountFact, leaf: number): number | null => {
  if (event.type === 'Recharged') return leaf
  if (event.type === 'RechargeReversed') return event.data.rechargeLeaf
  const { data } = event
  return 'checkoutLeaf' in data && 'purpose' in data && data.purpose === 'recharge' ? data.checkoutLeaf : null
}
