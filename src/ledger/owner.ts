import type { AccountFact } from './facts.js'

/** The account whose money the event may lower, and so the one in whose stream it must lie. */
export const ownerOf = (event: AccountFact): string => {
  switch (event.type) {
    case 'AccountOpened':
      return event.data.owner
    case 'Recharged':
    case 'RechargeReversed':
    case 'Withdrawn':
    case 'CreditLimitChanged':
    case 'AccountFrozen':
    case 'AccountUnfrozen':
    case 'Adjusted':
    case 'Purchased':
    case 'SubscriptionRenewed':
    case 'SubscriptionPastDue':
    case 'SubscriptionCancelled':
    case 'SubscriptionEnded':
    case 'PurchaseRefunded':
    case 'SubscriptionOpened':
    case 'UsageReported':
    case 'SubscriptionReverted':
    case 'CheckoutStarted':
    case 'CheckoutPaid':
    case 'CheckoutFailed':
    case 'ChargeReturned':
    case 'PaymentSettled':
    case 'PaymentReturned':
    case 'CardRefundRequested':
    case 'CardRefunded':
    case 'CardRefundFailed':
      return event.data.account
    case 'Traded':
    case 'TradeAuthorized':
    case 'TradeCaptured':
    case 'TradeVoided':
    case 'HoldExpired':
      return event.data.buyer
    case 'RefundRequested':
    case 'RefundApproved':
    case 'RefundRejected':
    case 'RefundWithdrawn':
      return event.data.seller
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}
