import type { DataOf, Fact } from '../../events/catalogue.js'
import type { StreamEvent } from '../../events/envelope.js'
import { fromEvent } from './money.js'
import type { Order, OrderFacts, OrderPayment, OrderRefunds } from './state.js'

/** The facts of an order from the event that opens it; `undefined`: this event opens none. */
export const orderFacts = (event: StreamEvent, leaf: number): OrderFacts | undefined => {
  if (event.type !== 'Traded' && event.type !== 'TradeAuthorized') return undefined
  return factsOf(event.data, leaf)
}

const factsOf = (
  { order, buyer, seller, amount, currency }: DataOf<'Traded' | 'TradeAuthorized'>,
  leaf: number,
): OrderFacts => ({ id: order, leaf, buyer, seller, amount: fromEvent(amount), currency })

/** As much of an event as a payment depends on. */
type Placed = Fact & Pick<StreamEvent, 'revision'>

const unpaid: OrderPayment = { state: 'pending', paid: 0n, expiresAt: null, decidedAt: -1, decidedLeaf: -1 }

/** Folds the events of one order in the buyer's stream; others change nothing. `decidedAt` is -1 while the order is pending. */
export const evolvePayment = (payment: OrderPayment = unpaid, event: Placed, leaf: number): OrderPayment => {
  const { paid, expiresAt } = payment
  const [decidedAt, decidedLeaf] = [event.revision, leaf]
  switch (event.type) {
    case 'Traded':
    case 'TradeCaptured':
      return { state: 'effective', paid: fromEvent(event.data.amount), expiresAt, decidedAt, decidedLeaf }
    case 'TradeAuthorized':
      return { ...payment, expiresAt: event.data.expiresAt }
    case 'TradeVoided':
      return { state: 'voided', paid, expiresAt, decidedAt, decidedLeaf }
    case 'HoldExpired':
      return { state: 'expired', paid, expiresAt, decidedAt, decidedLeaf }
    default:
      return payment
  }
}

export const noRefunds: OrderRefunds = { refunded: 0n, open: [], last: null }

/** Folds the events of one order in the seller's stream; others change nothing. */
export const evolveRefunds = (refunds: OrderRefunds = noRefunds, event: StreamEvent): OrderRefunds => {
  switch (event.type) {
    case 'RefundRequested': {
      const { refund, amount } = event.data
      return { ...refunds, open: [...refunds.open, { refund, amount: fromEvent(amount) }] }
    }
    case 'RefundApproved': {
      const refunded = refunds.refunded + fromEvent(event.data.amount)
      return { ...ended(refunds, event.data.refund, 'approved'), refunded }
    }
    case 'RefundRejected':
      return ended(refunds, event.data.refund, 'rejected')
    case 'RefundWithdrawn':
      return ended(refunds, event.data.refund, 'withdrawn')
    default:
      return refunds
  }
}

type RefundOutcome = NonNullable<OrderRefunds['last']>['outcome']

const ended = (refunds: OrderRefunds, refund: string, outcome: RefundOutcome): OrderRefunds => ({
  ...refunds,
  open: refunds.open.filter((open) => open.refund !== refund),
  last: { refund, outcome },
})

export type OrderStatus = 'pending' | 'effective' | 'refunding' | 'refunded' | 'rejected' | 'voided'

/** What the state that people see is made of. Money is in minor units. */
export interface OrderStanding {
  readonly state: OrderPayment['state']
  readonly paid: bigint
  readonly refunded: bigint
  /** Refunds under review. */
  readonly openCount: number
  /** How the refund decided last has ended. */
  readonly last: RefundOutcome | null
}

/** The state that people see. What was not taken cannot be refunded; of the rest, what is open counts first, then what was given back. */
export const statusOf = ({ state, paid, refunded, openCount, last }: OrderStanding): OrderStatus => {
  if (state !== 'pending' && state !== 'effective') return 'voided'
  if (openCount > 0) return 'refunding'
  if (refunded > 0n && refunded === paid) return 'refunded'
  if (state === 'pending') return 'pending'
  if (refunded > 0n) return 'effective'
  return last === 'rejected' ? 'rejected' : 'effective'
}

export const orderStatus = ({ payment, refunds }: Pick<Order, 'payment' | 'refunds'>): OrderStatus => {
  const { refunded, open, last } = refunds
  return statusOf({ ...payment, refunded, openCount: open.length, last: last?.outcome ?? null })
}

/** The whole order: its facts from the event that opens it, its payment and refunds from the streams of buyer and seller. */
export const evolveOrder = (order: Order | undefined, event: StreamEvent, leaf: number): Order | undefined => {
  const facts = order?.facts ?? orderFacts(event, leaf)
  if (facts === undefined) return undefined
  return {
    facts,
    payment: evolvePayment(order?.payment, event, leaf),
    refunds: evolveRefunds(order?.refunds, event),
  }
}

/** The order that a trade opens. */
export const tradedOrder = (trade: Placed & { readonly type: 'Traded' }, leaf: number): Order => ({
  facts: factsOf(trade.data, leaf),
  payment: evolvePayment(unpaid, trade, leaf),
  refunds: noRefunds,
})
