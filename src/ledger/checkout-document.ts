import type { DataOf, Fact } from '../../events/catalogue.js'

/** A checkout by card. Guarded by the owner's stream. */
export interface Checkout {
  readonly kind: 'checkout'
  readonly id: string
  readonly leaf: number
  /** As it was started: what is charged, and for what. */
  readonly started: DataOf<'CheckoutStarted'>
  /** `paid`: the money has not come yet. `returned`: it did not, or was taken back. */
  readonly state: 'open' | 'paid' | 'settled' | 'failed' | 'returned'
  /** The gateway's id of the charge that has paid it. */
  readonly transaction: string | null
  /** Of charges that were given back because nobody wanted them. */
  readonly unwanted: readonly string[]
}

/** What is given back to a card. Guarded by the owner's stream. */
export interface CardRefund {
  readonly kind: 'card-refund'
  readonly id: string
  readonly leaf: number
  readonly requested: DataOf<'CardRefundRequested'>
  readonly state: 'open' | 'done' | 'failed'
}

/** Folds the later events of a checkout; others change nothing. */
export const evolveCheckout = (checkout: Checkout, event: Fact): Checkout => {
  switch (event.type) {
    case 'CheckoutPaid':
      return { ...checkout, state: 'paid', transaction: event.data.transaction }
    case 'CheckoutFailed':
      return { ...checkout, state: 'failed' }
    case 'PaymentSettled':
      return { ...checkout, state: 'settled' }
    case 'PaymentReturned':
      return { ...checkout, state: 'returned' }
    case 'ChargeReturned':
      return { ...checkout, unwanted: [...checkout.unwanted, event.data.transaction] }
    default:
      return checkout
  }
}
