import type { Fact } from '../../events/catalogue.js'
import type { StreamEvent } from '../../events/envelope.js'
import { evolveCharges } from './charges.js'
import type { AccountFact } from './facts.js'
import { fromEvent } from './money.js'
import { ownerOf } from './owner.js'
import type { Account, OwnAccount } from './state.js'
import { evolveSubscriptions } from './subscription.js'

/** The leaf number of an event that is decided but not committed yet. */
export const IN_FLIGHT = -1

/** All that the account has, what is held included. */
export const actual = (account: Account): bigint => account.own.net + account.incoming

export const available = (account: Account): bigint => actual(account) - account.own.held

/** What a voluntary debit may take at most; below zero after forced debits. */
export const spendable = (account: Account): bigint => available(account) + account.own.creditLimit

/** What an event of one account's stream brings to another account. */
export const credit = (event: Fact): { readonly account: string; readonly amount: bigint } | null => {
  switch (event.type) {
    case 'Traded':
    case 'TradeCaptured':
      return { account: event.data.seller, amount: fromEvent(event.data.amount) }
    case 'CouponRedeemed':
      return { account: event.data.account, amount: fromEvent(event.data.amount) }
    case 'RefundApproved':
      return { account: event.data.buyer, amount: fromEvent(event.data.amount) }
    default:
      return null
  }
}

const nothing = (name: string): OwnAccount => ({
  name,
  currency: '',
  creditLimit: 0n,
  frozen: false,
  net: 0n,
  held: 0n,
  holds: [],
  subscriptions: [],
  card: null,
  replaced: null,
  charges: [],
  revision: -1,
  recordedAt: '',
})

type Changing = { -readonly [Field in keyof OwnAccount]: OwnAccount[Field] }

/** Folds the account's own stream. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveOwn = (own: OwnAccount | undefined, event: AccountFact<StreamEvent>, leaf: number): OwnAccount => {
  const next = copyOf(own ?? nothing(ownerOf(event)))
  next.revision = event.revision
  next.recordedAt = event.metadata.recordedAt
  return change(next, event, leaf)
}

/** Written out: a spread costs several times as much, three times per event. */
const copyOf = (own: OwnAccount): Changing => ({
  name: own.name,
  currency: own.currency,
  creditLimit: own.creditLimit,
  frozen: own.frozen,
  net: own.net,
  held: own.held,
  holds: own.holds,
  subscriptions: own.subscriptions,
  card: own.card,
  replaced: own.replaced,
  charges: own.charges,
  revision: own.revision,
  recordedAt: own.recordedAt,
})

const change = (own: Changing, event: AccountFact<StreamEvent>, leaf: number): OwnAccount => {
  switch (event.type) {
    case 'AccountOpened':
      own.currency = event.data.currency
      own.creditLimit = fromEvent(event.data.creditLimit)
      break
    case 'CreditLimitChanged':
      own.creditLimit = fromEvent(event.data.creditLimit)
      break
    case 'AccountFrozen':
    case 'AccountUnfrozen':
      own.frozen = event.type === 'AccountFrozen'
      break
    case 'Recharged':
      own.net += fromEvent(event.data.amount)
      break
    case 'RechargeReversed':
    case 'Withdrawn':
    case 'Traded':
      own.net -= fromEvent(event.data.amount)
      break
    case 'Adjusted':
      own.net += event.data.direction === 'up' ? fromEvent(event.data.amount) : -fromEvent(event.data.amount)
      break
    case 'TradeAuthorized': {
      const { order, seller, expiresAt } = event.data
      const amount = fromEvent(event.data.amount)
      own.held += amount
      own.holds = [...own.holds, { order, orderLeaf: leaf, seller, amount, expiresAt }]
      break
    }
    case 'TradeCaptured':
      own.net -= fromEvent(event.data.amount)
      own.held -= fromEvent(event.data.amount) + fromEvent(event.data.released)
      own.holds = without(own, event.data.order)
      break
    case 'TradeVoided':
    case 'HoldExpired':
      own.held -= fromEvent(event.data.amount)
      own.holds = without(own, event.data.order)
      break
    case 'RefundRequested':
      own.held += fromEvent(event.data.amount)
      break
    case 'RefundApproved':
      own.net -= fromEvent(event.data.amount)
      own.held -= fromEvent(event.data.amount)
      break
    case 'RefundRejected':
    case 'RefundWithdrawn':
      own.held -= fromEvent(event.data.amount)
      break
    case 'PurchaseRefunded':
      own.net += fromEvent(event.data.amount)
      return subscribed(own, event, leaf)
    case 'UsageReported':
      break
    case 'ChargeReturned':
    case 'PaymentSettled':
    case 'PaymentReturned':
    case 'CardRefunded':
      return charged(own, event, leaf)
    default:
      return subscribed(own, event, leaf)
  }
  return own
}

type Charging = Extract<AccountFact<StreamEvent>, Parameters<typeof evolveCharges>[1]>
type Subscribing = Extract<AccountFact<StreamEvent>, Parameters<typeof evolveSubscriptions>[1]>

/** A card pays for plans without the balance; what it recharges comes to it, and goes from it. */
const charged = (own: Changing, event: Charging, leaf: number): OwnAccount => {
  if ((event.type === 'CheckoutPaid' || event.type === 'PaymentReturned') && event.data.purpose === 'recharge') {
    own.net += event.type === 'CheckoutPaid' ? fromEvent(event.data.amount) : -fromEvent(event.data.amount)
  }
  if (event.type === 'CheckoutPaid' && event.data.card !== undefined) {
    own.replaced = own.card
    own.card = event.data.card
  }
  own.charges = evolveCharges(own.charges, event, leaf)
  return own
}

const subscribed = (own: Changing, event: Subscribing, leaf: number): OwnAccount => {
  own.subscriptions = evolveSubscriptions(own.subscriptions, event, leaf)
  switch (event.type) {
    case 'Purchased':
    case 'SubscriptionRenewed':
      own.net -= fromEvent(event.data.amount)
      return own
    case 'CheckoutStarted':
    case 'CheckoutPaid':
    case 'CheckoutFailed':
    case 'CardRefundRequested':
    case 'CardRefundFailed':
      return charged(own, event, leaf)
    default:
      return own
  }
}

const without = (own: OwnAccount, order: string) => own.holds.filter((open) => open.order !== order)
