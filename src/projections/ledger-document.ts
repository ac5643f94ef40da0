import type { At, Codec } from '../follower/projection.js'
import { decimalsOf } from '../ledger/currencies.js'
import { formatMinor, fromEvent } from '../ledger/money.js'
import { oneOf, text } from './body.js'
import type { Handled } from './ledger-row.js'

export const states = ['active', 'frozen'] as const

/** An account's balance, in integer minor units of its currency. Available = actual − held; spendable = available + credit limit. */
export interface BalanceDocument {
  readonly name: string
  readonly currency: string
  readonly creditLimit: bigint
  readonly actual: bigint
  readonly held: bigint
  readonly state: (typeof states)[number]
  /** Has had any movement or hold. */
  readonly moved: boolean
}

/** `undefined` before the account's first event, which is `AccountOpened`; another one first folds to an account without a limit. */
export const evolveDocument = (before: BalanceDocument | undefined, event: Handled, at: At): BalanceDocument => {
  const document = before ?? begin(event, at)
  switch (event.type) {
    case 'AccountOpened':
    case 'SubscriptionPastDue':
    case 'SubscriptionCancelled':
    case 'SubscriptionEnded':
    case 'SubscriptionOpened':
    case 'SubscriptionReverted':
    case 'UsageReported':
    case 'CheckoutStarted':
    case 'CheckoutFailed':
    case 'ChargeReturned':
    case 'PaymentSettled':
    case 'CardRefundRequested':
    case 'CardRefunded':
    case 'CardRefundFailed':
      return document
    case 'CreditLimitChanged':
      return { ...document, creditLimit: fromEvent(event.data.creditLimit) }
    case 'AccountFrozen':
      return { ...document, state: 'frozen' }
    case 'AccountUnfrozen':
      return { ...document, state: 'active' }
    default:
      return move(document, event, at.key)
  }
}

type Movement = Exclude<
  Handled,
  {
    type:
      | 'AccountOpened'
      | 'CreditLimitChanged'
      | 'AccountFrozen'
      | 'AccountUnfrozen'
      | 'SubscriptionPastDue'
      | 'SubscriptionCancelled'
      | 'SubscriptionEnded'
      | 'SubscriptionOpened'
      | 'SubscriptionReverted'
      | 'UsageReported'
      | 'CheckoutStarted'
      | 'CheckoutFailed'
      | 'ChargeReturned'
      | 'PaymentSettled'
      | 'CardRefundRequested'
      | 'CardRefunded'
      | 'CardRefundFailed'
  }
>

const move = (document: BalanceDocument, event: Movement, key: string): BalanceDocument => {
  const amount = fromEvent(event.data.amount)
  switch (event.type) {
    case 'Recharged':
    case 'CouponRedeemed':
    case 'PurchaseRefunded':
      return change(document, amount, 0n)
    case 'RechargeReversed':
    case 'Withdrawn':
    case 'Purchased':
    case 'SubscriptionRenewed':
      return change(document, -amount, 0n)
    case 'CheckoutPaid':
      return event.data.purpose === 'recharge' ? change(document, amount, 0n) : document
    case 'PaymentReturned':
      return event.data.purpose === 'recharge' ? change(document, -amount, 0n) : document
    case 'Adjusted':
      return change(document, event.data.direction === 'up' ? amount : -amount, 0n)
    case 'Traded':
      return change(document, key === event.data.buyer ? -amount : amount, 0n)
    case 'TradeAuthorized':
      return change(document, 0n, key === event.data.buyer ? amount : 0n)
    case 'TradeCaptured':
      return key === event.data.buyer
        ? change(document, -amount, -(amount + fromEvent(event.data.released)))
        : change(document, amount, 0n)
    case 'TradeVoided':
    case 'HoldExpired':
      return change(document, 0n, key === event.data.buyer ? -amount : 0n)
    case 'RefundRequested':
      return change(document, 0n, key === event.data.seller ? amount : 0n)
    case 'RefundApproved':
      return key === event.data.seller ? change(document, -amount, -amount) : change(document, amount, 0n)
    case 'RefundRejected':
    case 'RefundWithdrawn':
      return change(document, 0n, key === event.data.seller ? -amount : 0n)
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** Written out: a spread costs twelve times as much, twice per event. */
const change = (document: BalanceDocument, actual: bigint, held: bigint): BalanceDocument => ({
  name: document.name,
  currency: document.currency,
  creditLimit: document.creditLimit,
  actual: document.actual + actual,
  held: document.held + held,
  state: document.state,
  moved: true,
})

const begin = (event: Handled, at: At): BalanceDocument => ({
  name: at.key,
  currency: 'currency' in event.data ? event.data.currency : '',
  creditLimit: event.type === 'AccountOpened' ? fromEvent(event.data.creditLimit) : 0n,
  actual: 0n,
  held: 0n,
  state: 'active',
  moved: false,
})

export const documentCodec: Codec<BalanceDocument> = {
  encode: (document) => {
    const decimals = decimalsOf(document.currency) ?? 0
    return {
      name: document.name,
      currency: document.currency,
      creditLimit: formatMinor(document.creditLimit, decimals),
      actual: formatMinor(document.actual, decimals),
      held: formatMinor(document.held, decimals),
      state: document.state,
      moved: document.moved,
    }
  },
  decode: (body) => ({
    name: text(body, 'name'),
    currency: text(body, 'currency'),
    creditLimit: fromEvent(text(body, 'creditLimit')),
    actual: fromEvent(text(body, 'actual')),
    held: fromEvent(text(body, 'held')),
    state: oneOf(body, 'state', states),
    moved: body.moved === true,
  }),
}
