import { adjust } from './adjust.js'
import { approveRefund } from './approve-refund.js'
import { authorize } from './authorize.js'
import { cancelSubscription } from './cancel-subscription.js'
import { capture } from './capture.js'
import { checkout } from './checkout.js'
import { creditLimit } from './credit-limit.js'
import type { CommandSet } from './define.js'
import { expire } from './expire.js'
import { freeze } from './freeze.js'
import { open } from './open.js'
import { recharge } from './recharge.js'
import { refundPurchase } from './refund-purchase.js'
import { rejectRefund } from './reject-refund.js'
import { renew } from './renew.js'
import { requestRefund } from './request-refund.js'
import { reverseRecharge } from './reverse-recharge.js'
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
  checkout,
  renew,
  'cancel-subscription': cancelSubscription,
  'refund-purchase': refundPurchase,
}
