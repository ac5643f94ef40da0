import { addCartItem } from './add-cart-item.js'
import { adjust } from './adjust.js'
import { approveRefund } from './approve-refund.js'
import { authorize } from './authorize.js'
import { buy } from './buy.js'
import { cancelSubscription } from './cancel-subscription.js'
import { capture } from './capture.js'
import { cardRefundFailed } from './card-refund-failed.js'
import { cardRefunded } from './card-refunded.js'
import { changeCartItem } from './change-cart-item.js'
import { changeCustomer } from './change-customer.js'
import { changeItem } from './change-item.js'
import { chargeReturned } from './charge-returned.js'
import { checkout } from './checkout.js'
import { checkoutFailed } from './checkout-failed.js'
import { checkoutPaid } from './checkout-paid.js'
import { closeSubscription } from './close-subscription.js'
import { creditLimit } from './credit-limit.js'
import type { CommandSet } from './define.js'
import { deprovision } from './deprovision.js'
import { erasePerson } from './erase-person.js'
import { expire } from './expire.js'
import { fetchCredentials } from './fetch-credentials.js'
import { freeze } from './freeze.js'
import { grantPromocode } from './grant-promocode.js'
import { issueCoupons } from './issue-coupons.js'
import { open } from './open.js'
import { openSubscription } from './open-subscription.js'
import { paymentReturned } from './payment-returned.js'
import { paymentSettled } from './payment-settled.js'
import { provision } from './provision.js'
import { publishItem } from './publish-item.js'
import { recharge } from './recharge.js'
import { redeem } from './redeem.js'
import { refundPurchase } from './refund-purchase.js'
import { rejectRefund } from './reject-refund.js'
import { removeCartItem } from './remove-cart-item.js'
import { renew } from './renew.js'
import { reportUsage } from './report-usage.js'
import { requestRefund } from './request-refund.js'
import { retireItem } from './retire-item.js'
import { reverseRecharge } from './reverse-recharge.js'
import { startCheckout } from './start-checkout.js'
import { startRecharge } from './start-recharge.js'
import { trade } from './trade.js'
import { unfreeze } from './unfreeze.js'
import { voidOrder } from './void.js'
import { withdraw } from './withdraw.js'
import { withdrawRefund } from './withdraw-refund.js'

/** Every command of the ledger. */
export const commands: CommandSet = {
  open,
  recharge,
  'reverse-recharge': reverseRecharge,
  withdraw,
  adjust,
  'credit-limit': creditLimit,
  freeze,
  unfreeze,
  trade,
  authorize,
  capture,
  void: voidOrder,
  expire,
  'request-refund': requestRefund,
  'approve-refund': approveRefund,
  'reject-refund': rejectRefund,
  'withdraw-refund': withdrawRefund,
  'publish-item': publishItem,
  'change-item': changeItem,
  'retire-item': retireItem,
  'issue-coupons': issueCoupons,
  redeem,
  provision,
  'fetch-credentials': fetchCredentials,
  deprovision,
  checkout,
  renew,
  'cancel-subscription': cancelSubscription,
  'refund-purchase': refundPurchase,
  'start-checkout': startCheckout,
  'start-recharge': startRecharge,
  buy,
  'checkout-paid': checkoutPaid,
  'checkout-failed': checkoutFailed,
  'payment-settled': paymentSettled,
  'payment-returned': paymentReturned,
  'charge-returned': chargeReturned,
  'card-refunded': cardRefunded,
  'card-refund-failed': cardRefundFailed,
  'grant-promocode': grantPromocode,
  'add-cart-item': addCartItem,
  'change-cart-item': changeCartItem,
  'remove-cart-item': removeCartItem,
  'change-customer': changeCustomer,
  'erase-person': erasePerson,
  'open-subscription': openSubscription,
  'report-usage': reportUsage,
  'close-subscription': closeSubscription,
}
