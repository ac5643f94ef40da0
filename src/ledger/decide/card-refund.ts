import { IN_FLIGHT } from '../account.js'
import type { CardRefund } from '../checkout-document.js'
import { type Decision, facts, refuse, wait } from '../decision.js'
import type { DocumentOf } from '../document.js'
import type { Account, Actor, Deciding } from '../state.js'
import { forbidden } from './checks.js'
import { undone } from './over.js'

/** What became of a refund to a card, as the gateway says: commands of our own, which no client asks for. */
export interface CardRefundOutcome {
  readonly account: string
  /** Of the event that asked for it, which is committed. */
  readonly refundLeaf: number
}

export interface CardRefundedInput extends CardRefundOutcome {
  /** Of the refund at the gateway; the charge itself where that was voided. */
  readonly transaction: string
  /** The date now, in the configured zone. */
  readonly today: string
}

export interface CardRefundFailedInput extends CardRefundOutcome {
  /** What the gateway said. */
  readonly detail?: string
}

/** Finds the refund that was asked for by the event of that number. */
export type FindRefund = (leaf: number) => CardRefund | undefined

export interface CardRefundState {
  readonly account: Account | undefined
  readonly refund: FindRefund
}

export interface CardRefundedState extends CardRefundState {
  /** What a refund of this order gives back. */
  readonly purchase: (orderLeaf: number) => DocumentOf<'purchase'> | undefined
  readonly free: DocumentOf<'plan'> | undefined
}

/**
 * The money is on its way to the card for good. When nothing is left of an order that paid for a running period, its subscription is over in the
 * same append: today, or on the period's first day where that is still to come.
 */
export const decideCardRefunded = (input: CardRefundedInput, state: CardRefundedState, { actor }: Deciding): Decision =>
  onRefund(input, state, actor, ({ requested, leaf }, account) => {
    const { order, orderLeaf } = requested
    const others = underWay(account, order, (other) => (other === leaf ? undefined : state.refund(other)))
    const purchase = state.purchase(orderLeaf)
    const rest = purchase === undefined || purchase.refunded !== purchase.amount || others !== 'none'
    const ended = rest ? [] : undone(account, order, { today: input.today, reason: 'refunded', free: state.free })
    if (others === 'in flight' || ended === null) return wait
    return facts(...ended, {
      type: 'CardRefunded',
      data: { ...namesOf(requested), refundLeaf: leaf, transaction: input.transaction },
    })
  })

/** Nothing was given back, and nothing will be: what was asked for may be asked for again. */
export const decideCardRefundFailed = (
  input: CardRefundFailedInput,
  state: CardRefundState,
  { actor }: Deciding,
): Decision =>
  onRefund(input, state, actor, ({ requested, leaf }) => {
    const why = input.detail !== undefined && { detail: input.detail }
    return facts({ type: 'CardRefundFailed', data: { ...namesOf(requested), refundLeaf: leaf, ...why } })
  })

/** Refunds of an order to its card whose end is not known. `in flight`: of which order one is, cannot be said yet. */
export const underWay = ({ own }: Account, order: string, find: FindRefund): 'none' | 'some' | 'in flight' => {
  const open = own.charges.filter(({ kind }) => kind === 'refund')
  if (open.some(({ leaf }) => leaf === IN_FLIGHT)) return 'in flight'
  return open.some(({ leaf }) => find(leaf)?.requested.order === order) ? 'some' : 'none'
}

const namesOf = ({ refund, order, orderLeaf, account, amount, currency, lines }: CardRefund['requested']) => ({
  refund,
  order,
  orderLeaf,
  account,
  amount,
  currency,
  lines,
})

/** The gateway is asked by ourselves alone, for a refund of this account. */
const onRefund = (
  { refundLeaf }: CardRefundOutcome,
  { account, refund }: CardRefundState,
  actor: Actor,
  go: (refund: CardRefund, account: Account) => Decision,
): Decision => {
  if (!actor.subject.startsWith('system:')) return forbidden('Only what the gateway says decides a refund to a card.')
  const found = refund(refundLeaf)
  if (!account || found?.requested.account !== account.own.name) {
    return refuse('refund_not_found', 'There is no such refund to a card.')
  }
  return found.state === 'open'
    ? go(found, account)
    : refuse('card_refund_over', 'The refund is on the card, or has failed already.')
}
