import type { FromSchema } from 'json-schema-to-ts'
import { AccountFrozen } from './account-frozen.v1.js'
import { AccountOpened } from './account-opened.v1.js'
import { AccountUnfrozen } from './account-unfrozen.v1.js'
import { AddonPublished } from './addon-published.v1.js'
import { Adjusted } from './adjusted.v1.js'
import { CardRefundFailed } from './card-refund-failed.v1.js'
import { CardRefundRequested } from './card-refund-requested.v1.js'
import { CardRefunded } from './card-refunded.v1.js'
import { CartItemAdded } from './cart-item-added.v1.js'
import { CartItemChanged } from './cart-item-changed.v1.js'
import { CartItemRemoved } from './cart-item-removed.v1.js'
import { CatalogueItemRetired } from './catalogue-item-retired.v1.js'
import { ChargeReturned } from './charge-returned.v1.js'
import { CheckoutFailed } from './checkout-failed.v1.js'
import { CheckoutPaid } from './checkout-paid.v1.js'
import { CheckoutStarted } from './checkout-started.v1.js'
import { CouponRedeemed } from './coupon-redeemed.v1.js'
import { CouponsIssued } from './coupons-issued.v1.js'
import { CreditLimitChanged } from './credit-limit-changed.v1.js'
import { CustomerChanged } from './customer-changed.v1.js'
import type { EventDefinition, Upcast } from './define.js'
import { HoldExpired } from './hold-expired.v1.js'
import { InstanceCredentialsFetched } from './instance-credentials-fetched.v1.js'
import { InstanceDeprovisioned } from './instance-deprovisioned.v1.js'
import { InstanceProvisioned } from './instance-provisioned.v1.js'
import { PaymentReturned } from './payment-returned.v1.js'
import { PaymentSettled } from './payment-settled.v1.js'
import { PersonErased } from './person-erased.v1.js'
import { PlanPublished } from './plan-published.v1.js'
import { PromocodeGranted } from './promocode-granted.v1.js'
import { PromocodePublished } from './promocode-published.v1.js'
import { PurchaseRefunded } from './purchase-refunded.v1.js'
import { Purchased as PurchasedV1 } from './purchased.v1.js'
import { Purchased } from './purchased.v2.js'
import { RechargeReversed } from './recharge-reversed.v1.js'
import { Recharged } from './recharged.v1.js'
import { RefundApproved } from './refund-approved.v1.js'
import { RefundRejected } from './refund-rejected.v1.js'
import { RefundRequested } from './refund-requested.v1.js'
import { RefundWithdrawn } from './refund-withdrawn.v1.js'
import { RegionPublished } from './region-published.v1.js'
import { RepoItemPublished } from './repo-item-published.v1.js'
import { RepoPublished } from './repo-published.v1.js'
import { ServicePublished } from './service-published.v1.js'
import { SubscriptionCancelled } from './subscription-cancelled.v1.js'
import { SubscriptionEnded } from './subscription-ended.v1.js'
import { SubscriptionOpened } from './subscription-opened.v1.js'
import { SubscriptionPastDue } from './subscription-past-due.v1.js'
import { SubscriptionRenewed as SubscriptionRenewedV1 } from './subscription-renewed.v1.js'
import { SubscriptionRenewed } from './subscription-renewed.v2.js'
import { SubscriptionReverted } from './subscription-reverted.v1.js'
import { TradeAuthorized } from './trade-authorized.v1.js'
import { TradeCaptured } from './trade-captured.v1.js'
import { TradeVoided } from './trade-voided.v1.js'
import { Traded } from './traded.v1.js'
import { UsageReported } from './usage-reported.v1.js'
import { Withdrawn } from './withdrawn.v1.js'

/** Every event in its newest version. */
const newest = [
  AccountOpened,
  Recharged,
  RechargeReversed,
  Withdrawn,
  Traded,
  TradeAuthorized,
  TradeCaptured,
  TradeVoided,
  HoldExpired,
  RefundRequested,
  RefundApproved,
  RefundRejected,
  RefundWithdrawn,
  CreditLimitChanged,
  AccountFrozen,
  AccountUnfrozen,
  Adjusted,
  PlanPublished,
  RegionPublished,
  PromocodePublished,
  AddonPublished,
  RepoPublished,
  RepoItemPublished,
  ServicePublished,
  CatalogueItemRetired,
  Purchased,
  SubscriptionRenewed,
  SubscriptionPastDue,
  SubscriptionCancelled,
  SubscriptionEnded,
  PurchaseRefunded,
  CouponsIssued,
  CouponRedeemed,
  InstanceProvisioned,
  InstanceCredentialsFetched,
  InstanceDeprovisioned,
  SubscriptionOpened,
  UsageReported,
  SubscriptionReverted,
  CheckoutStarted,
  CheckoutPaid,
  CheckoutFailed,
  ChargeReturned,
  PaymentSettled,
  PaymentReturned,
  CardRefundRequested,
  CardRefunded,
  CardRefundFailed,
  PromocodeGranted,
  CartItemAdded,
  CartItemChanged,
  CartItemRemoved,
  CustomerChanged,
  PersonErased,
] as const satisfies readonly EventDefinition[]

/** Every published version of every event: what the store may hold. */
export const catalogue = [...newest, PurchasedV1, SubscriptionRenewedV1] as const satisfies readonly EventDefinition[]

/** From each version that is not the newest to the next. The second versions say more of what was bought: what the first ones say stands as it is. */
export const upcasts: readonly Upcast[] = [
  { from: PurchasedV1.storedType, to: Purchased.storedType, apply: (data) => data },
  { from: SubscriptionRenewedV1.storedType, to: SubscriptionRenewed.storedType, apply: (data) => data },
]

type Published = (typeof newest)[number]

/** A business fact, in its newest version: what deciders return and folds see. */
export type Fact = {
  [Definition in Published as Definition['type']]: {
    readonly type: Definition['type']
    readonly data: Readonly<FromSchema<Definition['schema']>>
  }
}[Published['type']]

export type EventType = Fact['type']
export type DataOf<Type extends EventType> = Extract<Fact, { type: Type }>['data']
