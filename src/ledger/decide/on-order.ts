import { IN_FLIGHT } from '../account.js'
import { type Decision, refuse, wait } from '../decision.js'
import type { Actor, Order, OrderFacts } from '../state.js'
import { notYours } from './checks.js'

export type Role = 'buyer' | 'seller'

export interface OrderRequest {
  readonly actor: Actor
  /** Where the client named an account it must be a party, and the actor speaks in its role alone. */
  readonly account: string | undefined
  /** The parties that have the right; an admin always has it. */
  readonly roles: readonly Role[]
}

/**
 * Lets the decision on an order go on only for those who may make it. Who is no party learns nothing, not even that the order exists.
 * An order that is in flight is waited for: later events name its leaf number.
 */
export const onOrder = (order: Order | undefined, request: OrderRequest, go: (order: Order) => Decision): Decision => {
  const refusal = notYours(request.actor, request.account)
  if (refusal) return refusal
  if (!order) return orderNotFound
  return withoutRight(order.facts, request) ?? (order.facts.leaf === IN_FLIGHT ? wait : go(order))
}

export const orderNotFound = refuse('order_not_found', 'There is no such order, or it is not yours.')

export const refundNotFound = refuse('refund_not_found', 'The order has no such refund.')

const withoutRight = (facts: OrderFacts, { actor, account, roles }: OrderRequest): Decision | undefined => {
  const parties = (['buyer', 'seller'] as const).filter((role) => account === undefined || account === facts[role])
  const own = parties.filter((role) => actor.admin || actor.acts(facts[role]))
  if (own.length === 0) return orderNotFound
  if (actor.admin || own.some((role) => roles.includes(role))) return undefined
  return refuse('forbidden', `Only the ${roles.join(' or the ')} of the order, or an admin, may do this.`)
}

/** What every later event of an order repeats of it. */
export const partiesOf = ({ id, leaf, buyer, seller }: OrderFacts) => ({ order: id, orderLeaf: leaf, buyer, seller })
