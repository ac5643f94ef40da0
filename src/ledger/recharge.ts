import type { StreamEvent } from '../../events/envelope.js'
import { fromEvent } from './money.js'
import { CARD } from './postings.js'
import type { Recharge } from './state.js'

/** Folds the events of one recharge, all in the account's stream; others change nothing. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveRecharge = (
  recharge: Recharge | undefined,
  event: StreamEvent,
  leaf: number,
): Recharge | undefined => {
  switch (event.type) {
    case 'Recharged': {
      const { transfer, account, amount, currency, method } = event.data
      return { id: transfer, leaf, account, amount: fromEvent(amount), currency, method, reversed: 0n }
    }
    case 'CheckoutPaid': {
      const { checkout, checkoutLeaf, account, amount, currency } = event.data
      const facts = { id: checkout, leaf: checkoutLeaf, account, amount: fromEvent(amount), currency }
      return { ...facts, method: CARD, reversed: 0n }
    }
    case 'RechargeReversed':
    case 'PaymentReturned':
      return recharge && { ...recharge, reversed: recharge.reversed + fromEvent(event.data.amount) }
    default:
      return recharge
  }
}
