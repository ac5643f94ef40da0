import type { Fact } from '../../../events/catalogue.js'
import { IN_FLIGHT, spendable } from '../account.js'
import { type Decision, facts, refuse, repeat, wait } from '../decision.js'
import { amountText } from '../money.js'
import type { Account, Deciding, Order, Refund } from '../state.js'
import { onOrder, partiesOf, type Role, refundNotFound } from './on-order.js'
import type { RefundState } from './request-refund.js'

export interface ReviewInput {
  /** Left out: the order's one open refund, or the one decided last. */
  readonly refund?: string
  readonly account?: string
}

export interface RejectInput extends ReviewInput {
  readonly reason?: string
}

/** While the seller is short only an admin approves: a seller who has spent the money cannot give it back. */
export const decideApproveRefund = (
  input: ReviewInput,
  state: RefundState & { readonly seller: Account | undefined },
  deciding: Deciding,
): Decision =>
  review(state, { ...deciding, ...input, roles: ['seller'], outcome: 'approved' }, (data) =>
    !deciding.actor.admin && state.seller && spendable(state.seller) < 0n
      ? refuse('seller_short', 'The account that would pay is below zero; only an admin may approve now.')
      : facts({ type: 'RefundApproved', data }),
  )

export const decideRejectRefund = (input: RejectInput, state: RefundState, deciding: Deciding): Decision =>
  review(state, { ...deciding, ...input, roles: ['seller'], outcome: 'rejected' }, (data) =>
    facts({ type: 'RefundRejected', data: { ...data, ...(input.reason !== undefined && { reason: input.reason }) } }),
  )

export const decideWithdrawRefund = (input: ReviewInput, state: RefundState, deciding: Deciding): Decision =>
  review(state, { ...deciding, ...input, roles: ['buyer'], outcome: 'withdrawn' }, (data) =>
    facts({ type: 'RefundWithdrawn', data }),
  )

interface Review extends ReviewInput {
  readonly actor: Deciding['actor']
  readonly roles: readonly Role[]
  readonly outcome: 'approved' | 'rejected' | 'withdrawn'
}

type Decided = Extract<Fact, { type: 'RefundApproved' }>['data']

const review = (state: RefundState, wanted: Review, go: (data: Decided) => Decision): Decision =>
  onOrder(state.order, { actor: wanted.actor, account: wanted.account, roles: wanted.roles }, (order) => {
    const refund = choose(order, state, wanted.refund)
    if ('kind' in refund) return refund
    if (refund.leaf === IN_FLIGHT) return wait
    if (refund.state === wanted.outcome && refund.decidedAt !== null) {
      return repeat(refund.decidedAt, refund.decidedLeaf)
    }
    if (refund.state !== 'open') return refuse('refund_decided', `The refund is ${refund.state} already.`)
    return go(decidedOf(order, refund))
  })

/** A refund that is named must be of this order. */
const choose = (order: Order, state: RefundState, named: string | undefined): Refund | Decision => {
  const { open, last } = order.refunds
  if (named === undefined && open.length > 1) {
    return refuse('refund_ambiguous', 'The order has several refunds under review: name the one that is meant.')
  }
  const id = named ?? open[0]?.refund ?? last?.refund
  const refund = id === undefined ? undefined : state.refund(id)
  return refund?.order === order.facts.id ? refund : refundNotFound
}

const decidedOf = ({ facts: order }: Order, { id, leaf, amount, currency }: Refund): Decided => ({
  refund: id,
  refundLeaf: leaf,
  ...partiesOf(order),
  amount: amountText(amount, currency),
  currency,
})
