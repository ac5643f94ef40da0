import type { LedgerEvent } from '../../events/envelope.js'
import type { Cart } from '../ledger/cart.js'
import type { Checkout } from '../ledger/checkout-document.js'
import type { AdjustInput } from '../ledger/decide/adjust.js'
import type { CardRefundedInput, CardRefundFailedInput } from '../ledger/decide/card-refund.js'
import type { CartItemInput, CartItemName } from '../ledger/decide/cart.js'
import type { CheckoutInput } from '../ledger/decide/checkout.js'
import type {
  CheckoutOutcome,
  FailedInput,
  PaidInput,
  ReturnedInput,
  UnwantedInput,
} from '../ledger/decide/checkout-outcome.js'
import type { CreditLimitInput } from '../ledger/decide/credit-limit.js'
import type { ChangeCustomerInput } from '../ledger/decide/customer.js'
import type { FreezeInput } from '../ledger/decide/freeze.js'
import type { GrantPromocodeInput } from '../ledger/decide/grant-promocode.js'
import type { CaptureInput, VoidInput } from '../ledger/decide/hold.js'
import type { DeprovisionInput, ProvisionInput } from '../ledger/decide/instance.js'
import type { IssueCouponsInput } from '../ledger/decide/issue-coupons.js'
import type { SubscriptionInput } from '../ledger/decide/on-subscription.js'
import type { OpenSubscriptionInput } from '../ledger/decide/open-subscription.js'
import type { ChangeInput, PublishInput, RetireInput } from '../ledger/decide/publish.js'
import type { RechargeInput } from '../ledger/decide/recharge.js'
import type { RedeemInput } from '../ledger/decide/redeem.js'
import type { RefundPurchaseInput } from '../ledger/decide/refund-purchase.js'
import type { RenewInput } from '../ledger/decide/renew.js'
import type { ReportUsageInput } from '../ledger/decide/report-usage.js'
import type { RequestRefundInput } from '../ledger/decide/request-refund.js'
import type { ReverseRechargeInput } from '../ledger/decide/reverse-recharge.js'
import type { RejectInput, ReviewInput } from '../ledger/decide/review-refund.js'
import type { BuyInput, StartCheckoutInput, StartRechargeInput } from '../ledger/decide/start-checkout.js'
import type { AuthorizeInput, TradeInput } from '../ledger/decide/trade.js'
import type { WithdrawInput } from '../ledger/decide/withdraw.js'
import type { Refusal } from '../ledger/decision.js'
import type { Customer, Instance } from '../ledger/document.js'
import type { Actor } from '../ledger/state.js'
import type { Quotes } from './quotes.js'

/** An order or a recharge, as a client names it: our id (a UUID), or the number of the event that opened it (its leaf, decimal digits). */
export type Reference = string

/**
 * The input of every command: what its rule asks for, with references where the rule wants states. Amounts are decimal text as the
 * client wrote it. A name is also the first word of a stored idempotency key (but for those that share an `operation`), so never changed.
 */
export interface Inputs {
  open: { readonly owner: string; readonly currency?: string; readonly creditLimit?: string }
  recharge: Omit<RechargeInput, 'defaultCurrency'>
  'reverse-recharge': ReverseRechargeInput & { readonly recharge: Reference }
  withdraw: WithdrawInput
  adjust: AdjustInput
  'credit-limit': CreditLimitInput
  freeze: FreezeInput
  unfreeze: FreezeInput
  trade: TradeInput
  /** `expiresAt`: an instant; left out: now plus the configured time. */
  authorize: Omit<AuthorizeInput, 'holdMs'>
  /** `account`: where the client named one in the path (bill), it must be a party of the order. Left out amount: the whole. */
  capture: CaptureInput & { readonly order: Reference }
  void: VoidInput & { readonly order: Reference }
  /** The hold sweeper's own. */
  expire: { readonly order: Reference }
  /**
   * `again`: a request after a rejection is a new one (an admin, on /v1); else it is refused, and a repeat of an open request returns the first.
   * Left out amount: all that is not refunded yet.
   */
  'request-refund': RequestRefundInput & { readonly order: Reference }
  /** By the refund's id, or by the order: then its one open refund, or the one decided last. */
  'approve-refund': ReviewInput & { readonly order: Reference }
  'reject-refund': RejectInput & { readonly order: Reference }
  'withdraw-refund': ReviewInput & { readonly order: Reference }
  'publish-item': PublishInput
  'change-item': ChangeInput
  'retire-item': RetireInput
  'issue-coupons': Omit<IssueCouponsInput, 'currency'> & { readonly currency?: string }
  redeem: RedeemInput
  provision: ProvisionInput
  /** The owner, who acts for him, or an admin. */
  'fetch-credentials': { readonly instance: string }
  deprovision: DeprovisionInput
  checkout: Omit<CheckoutInput, 'today' | 'zone'>
  /** The renewal scheduler's own, and an admin's. */
  renew: Omit<RenewInput, 'today' | 'graceDays' | 'retryDays' | 'taxes'>
  'cancel-subscription': SubscriptionInput
  /** What the gateway says of a checkout: commands of our own. `account` names the stream. */
  'checkout-paid': PaidInput
  'checkout-failed': Omit<FailedInput, 'today' | 'graceDays'>
  'payment-settled': CheckoutOutcome
  'payment-returned': Omit<ReturnedInput, 'today'>
  'charge-returned': UnwantedInput
  /** What it says of a refund to a card, likewise. */
  'card-refunded': Omit<CardRefundedInput, 'today'>
  'card-refund-failed': CardRefundFailedInput
  'open-subscription': OpenSubscriptionInput
  /** Whoever measures it, with the scope `usage`, or an admin. */
  'report-usage': Omit<ReportUsageInput, 'today'>
  'close-subscription': SubscriptionInput
  'start-checkout': StartCheckoutInput
  'start-recharge': StartRechargeInput
  /** From the balance, or where nothing is to be paid. */
  buy: BuyInput
  'refund-purchase': Omit<RefundPurchaseInput, 'today'> & { readonly order: Reference }
  'grant-promocode': GrantPromocodeInput
  'add-cart-item': CartItemInput
  'change-cart-item': CartItemInput & CartItemName
  'remove-cart-item': CartItemName
  'change-customer': ChangeCustomerInput
  'erase-person': { readonly account: string }
}

export type CommandName = keyof Inputs

/** Who asks, and how the request is told from its own repetition. */
export interface CommandContext {
  readonly actor: Actor
  readonly correlationId: string
  /** The client's key, and the HMAC of method, path, query and canonical body. */
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null
}

/** What one account has right after an event, in integer minor units: the follower's fold at that very event. */
export interface Standing {
  readonly actual: bigint
  readonly held: bigint
  readonly creditLimit: bigint
  readonly currency: string
  readonly frozen: boolean
}

export interface Done {
  readonly kind: 'done'
  /** The command's own event, as it lies in the log. */
  readonly event: LedgerEvent
  /** The answer of an earlier request with the same key, or of the same decision taken before. */
  readonly replayed: boolean
  /** Of the guarded account at that event; `null` when it is only known to the views (a replay). */
  readonly standing: Standing | null
}

export type Outcome =
  | Done
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The key was used for another request. */
  | { readonly kind: 'key-reused' }

/** What the HTTP surfaces know of the write side. */
export interface Commands {
  /** Resolves when the outcome is durable. Rejects with `Unavailable` where the answer must be 503. */
  execute<Name extends CommandName>(name: Name, input: Inputs[Name], context: CommandContext): Promise<Outcome>
  readonly quotes: Quotes
  /** By our id or by number; committed facts only; `null`: unknown here. */
  locateOrder(reference: Reference): OrderPlace | null
  /** The leaf number of the event that a recharge was, as above. */
  locateRecharge(reference: Reference): number | null
  /** Committed facts only; `null`: unknown here. */
  locateInstance(id: string): Instance | null
  /** Of all that the log held when it was asked for; `null`: nothing ever lay in it. Rejects with `Unavailable`. */
  locateCart(account: string): Promise<Cart | null>
  /** By our id or by the number of the event that started it; committed facts only; `null`: unknown here. */
  locateCheckout(reference: Reference): Checkout | null
  /** Where the card that an account keeps lies in the store of secrets; `null`: it keeps none. */
  locateCard(account: string): string | null
  /** The one that it kept before, which is to be destroyed; `null`: it kept none. */
  locateReplacedCard(account: string): string | null
  /** As above; `null`: nothing was ever said of the person. */
  locateCustomer(account: string): Customer | null
}

/** The event that opened an order. */
export interface OrderPlace {
  readonly leaf: number
  readonly id: string
  readonly buyer: string
  /** `null`: bought of us, a purchase or a renewal. */
  readonly seller: string | null
}

/** Nothing can be said now; the client may repeat the request with the same key. */
export class Unavailable extends Error {
  constructor(
    readonly code:
      | 'outcome_unknown'
      | 'disk_full'
      | 'store_stopped'
      | 'busy'
      | 'conflicts'
      | 'clock'
      | 'shutting_down'
      | 'not_ready'
      | 'checkout_in_doubt',
    message: string,
    /** Seconds after which it may be asked again; left out: one. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }
}
