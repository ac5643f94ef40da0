import type { StreamEvent } from '../../events/envelope.js'
import { fromEvent } from './money.js'
import type { Refund } from './state.js'

/** Folds the events of one refund, all in the seller's stream; others change nothing. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveRefund = (refund: Refund | undefined, event: StreamEvent, leaf: number): Refund | undefined => {
  const decided = { decidedAt: event.revision, decidedLeaf: leaf }
  switch (event.type) {
    case 'RefundRequested': {
      const { refund: id, order, orderLeaf, buyer, seller, amount, currency } = event.data
      const parties = { order, orderLeaf, buyer, seller, amount: fromEvent(amount), currency }
      return { id, leaf, ...parties, state: 'open', requestedAt: event.revision, decidedAt: null, decidedLeaf: -1 }
    }
    case 'RefundApproved':
      return refund && { ...refund, state: 'approved', ...decided }
    case 'RefundRejected':
      return refund && { ...refund, state: 'rejected', ...decided }
    case 'RefundWithdrawn':
      return refund && { ...refund, state: 'withdrawn', ...decided }
    default:
      return refund
  }
}
