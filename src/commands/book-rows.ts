import type { Document } from '../ledger/document.js'
import type { Order, OrderRefunds, Recharge, Refund, Subscription } from '../ledger/state.js'
import type { AccountBook, Dated, Head } from './books.js'

/** States as rows of the write model's file, in the order of its columns. */

/** The first day that is not paid of any of them. */
const dueOn = (subscriptions: readonly Subscription[]): string | null =>
  subscriptions.flatMap(({ period }) => period?.end ?? []).sort()[0] ?? null

export const accountRow = (name: string, book: AccountBook): readonly unknown[] => {
  const { own } = book
  return [
    name,
    own?.currency ?? null,
    own?.creditLimit.toString() ?? null,
    own?.frozen ? 1 : 0,
    own?.net.toString() ?? null,
    own?.held.toString() ?? null,
    own === undefined || own.holds.length === 0
      ? null
      : JSON.stringify(own.holds.map((hold) => ({ ...hold, amount: hold.amount.toString() }))),
    own === undefined || own.subscriptions.length === 0 ? null : JSON.stringify(own.subscriptions),
    own === undefined ? null : dueOn(own.subscriptions),
    own?.card ?? null,
    own?.replaced ?? null,
    own === undefined || own.charges.length === 0 ? null : JSON.stringify(own.charges),
    own?.revision ?? null,
    own?.recordedAt ?? null,
    book.incoming.toString(),
    book.incomingLeaf,
  ]
}

const refundsText = ({ refunded, open, last }: OrderRefunds): string | null =>
  last === null && open.length === 0
    ? null
    : JSON.stringify({
        refunded: refunded.toString(),
        open: open.map(({ refund, amount }) => ({ refund, amount: amount.toString() })),
        last,
      })

export const orderRow = ({ at, state: { facts, payment, refunds } }: Dated<Order>): readonly unknown[] => [
  facts.leaf,
  at,
  facts.id,
  facts.buyer,
  facts.seller,
  facts.amount.toString(),
  facts.currency,
  payment.state,
  payment.paid.toString(),
  payment.expiresAt,
  payment.decidedAt,
  payment.decidedLeaf,
  refundsText(refunds),
]

export const refundRow = ({ at, state }: Dated<Refund>): readonly unknown[] => [
  state.leaf,
  at,
  state.id,
  state.order,
  state.orderLeaf,
  state.buyer,
  state.seller,
  state.amount.toString(),
  state.currency,
  state.state,
  state.requestedAt,
  state.decidedAt,
  state.decidedLeaf,
]

export const rechargeRow = ({ at, state }: Dated<Recharge>): readonly unknown[] => [
  state.leaf,
  at,
  state.id,
  state.account,
  state.amount.toString(),
  state.currency,
  state.method,
  state.reversed.toString(),
]

export const documentRow = (key: string, { at, state }: Dated<Document>): readonly unknown[] => [
  key,
  at,
  JSON.stringify(state),
]

export const headRow = (stream: string, { revision, recordedAt }: Head): readonly unknown[] => [
  stream,
  revision,
  recordedAt,
]
