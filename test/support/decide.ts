import { basketStateOf } from '../../src/commands/basket-state.js'
import { cartStateOf } from '../../src/commands/cart-state.js'
import { personKeyOf } from '../../src/commands/person-key.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import { decideAdjust } from '../../src/ledger/decide/adjust.js'
import { decideCancelSubscription } from '../../src/ledger/decide/cancel-subscription.js'
import { decideCardRefunded, decideCardRefundFailed } from '../../src/ledger/decide/card-refund.js'
import { decideAddCartItem, decideChangeCartItem, decideRemoveCartItem } from '../../src/ledger/decide/cart.js'
import { decideCheckout } from '../../src/ledger/decide/checkout.js'
import {
  type CheckoutOutcome,
  decideFailed,
  decidePaid,
  decideReturned,
  decideSettled,
  decideUnwanted,
} from '../../src/ledger/decide/checkout-outcome.js'
import { decideCloseSubscription } from '../../src/ledger/decide/close-subscription.js'
import { decideCreditLimit } from '../../src/ledger/decide/credit-limit.js'
import { decideChangeCustomer, decideErasePerson } from '../../src/ledger/decide/customer.js'
import { decideFreeze, decideUnfreeze } from '../../src/ledger/decide/freeze.js'
import { decideGrantPromocode } from '../../src/ledger/decide/grant-promocode.js'
import { decideCapture, decideExpire, decideVoid } from '../../src/ledger/decide/hold.js'
import { decideDeprovision, decideFetchCredentials, decideProvision } from '../../src/ledger/decide/instance.js'
import { decideIssueCoupons } from '../../src/ledger/decide/issue-coupons.js'
import { decideOpen } from '../../src/ledger/decide/open.js'
import { decideOpenSubscription } from '../../src/ledger/decide/open-subscription.js'
import { decideChange, decidePublish, decideRetire } from '../../src/ledger/decide/publish.js'
import { decideRecharge } from '../../src/ledger/decide/recharge.js'
import { decideRedeem } from '../../src/ledger/decide/redeem.js'
import { decideRefundPurchase } from '../../src/ledger/decide/refund-purchase.js'
import { decideRenew } from '../../src/ledger/decide/renew.js'
import { decideReportUsage } from '../../src/ledger/decide/report-usage.js'
import { decideRequestRefund, refundOfRecharge } from '../../src/ledger/decide/request-refund.js'
import { decideReverseRecharge } from '../../src/ledger/decide/reverse-recharge.js'
import { decideApproveRefund, decideRejectRefund, decideWithdrawRefund } from '../../src/ledger/decide/review-refund.js'
import { decideBuy, decideStartCheckout, decideStartRecharge } from '../../src/ledger/decide/start-checkout.js'
import { decideAuthorize, decideTrade } from '../../src/ledger/decide/trade.js'
import { decideWithdraw } from '../../src/ledger/decide/withdraw.js'
import type { Decision } from '../../src/ledger/decision.js'
import { grantId } from '../../src/ledger/document.js'
import type { CatalogueState } from '../../src/ledger/item.js'
import type { Deciding } from '../../src/ledger/state.js'
import { createDateIn } from '../../src/ledger/zone.js'
import type { Books } from './books.js'
import { coupons } from './coupons.js'

type Deciders = {
  readonly [Name in CommandName]: (books: Books, input: Inputs[Name], deciding: Deciding) => Decision
}

const CURRENCY = 'EUR'
const HOLD_MS = 7 * 86_400_000
export const GRACE_DAYS = 7
export const RETRY_DAYS = [1, 3, 5, 7]
export const TAXES = [
  {
    country: 'SG',
    names: [],
    rates: [
      { from: '2007-07-01', percent: '7' },
      { from: '2026-03-01', percent: '9' },
      { from: '2026-03-02', percent: '10' },
    ],
  },
]
export const FREE_PLAN = 'Free'
export const ZONE = 'Asia/Shanghai'
export const dateIn = createDateIn(ZONE)

const parties = (books: Books, { buyer, seller }: { readonly buyer: string; readonly seller: string }) => ({
  buyer: books.account(buyer),
  seller: books.account(seller),
})

const refunds = (books: Books, reference: string) => {
  const order = books.order(reference)
  return {
    order,
    seller: order && books.account(order.facts.seller),
    refund: (id: string) => books.refund(id),
  }
}

export const TERMS = { dateIn, timeZone: ZONE, freePlan: FREE_PLAN, taxes: TAXES }

const outcome = (books: Books, { account, checkoutLeaf }: CheckoutOutcome) => ({
  account: books.account(account),
  checkout: books.document('checkout', String(checkoutLeaf)),
})

const refunding = (books: Books) => ({
  refund: (leaf: number) => books.document('card-refund', String(leaf)),
  free: books.document('plan', FREE_PLAN),
})

const person = (books: Books, account: string) => ({
  account: books.account(account),
  customer: books.document('customer', account),
})

const catalogueOf = (books: Books): CatalogueState => ({
  currency: CURRENCY,
  document: (kind, id) => books.document(kind, id),
})

/** Every command against the books: what the command loop does, without the loop. */
export const deciders: Deciders = {
  open: (books, input, deciding) =>
    decideOpen({ ...input, currency: input.currency ?? CURRENCY }, books.account(input.owner), deciding),
  recharge: (books, input, deciding) =>
    decideRecharge({ ...input, defaultCurrency: CURRENCY }, books.account(input.account), deciding),
  'reverse-recharge': (books, input, deciding) => {
    const checkout = (leaf: number) => books.document('checkout', String(leaf))
    return decideReverseRecharge(input, { recharge: books.recharge(input.recharge), checkout }, deciding)
  },
  withdraw: (books, input, deciding) => decideWithdraw(input, books.account(input.account), deciding),
  adjust: (books, input, deciding) => decideAdjust(input, books.account(input.account), deciding),
  'credit-limit': (books, input, deciding) => decideCreditLimit(input, books.account(input.account), deciding),
  freeze: (books, input, deciding) => decideFreeze(input, books.account(input.account), deciding),
  unfreeze: (books, input, deciding) => decideUnfreeze(input, books.account(input.account), deciding),
  trade: (books, input, deciding) => decideTrade(input, parties(books, input), deciding),
  authorize: (books, input, deciding) =>
    decideAuthorize({ ...input, holdMs: HOLD_MS }, parties(books, input), deciding),
  capture: (books, input, deciding) => decideCapture(input, books.order(input.order), deciding),
  void: (books, input, deciding) => decideVoid(input, books.order(input.order), deciding),
  expire: (books, input, deciding) => decideExpire(books.order(input.order), deciding),
  'request-refund': (books, input, deciding) =>
    refundOfRecharge(input, books.recharge(input.order), deciding.actor) ??
    decideRequestRefund(input, { ...refunds(books, input.order), purchase: books.purchase(input.order) }, deciding),
  'approve-refund': (books, input, deciding) => decideApproveRefund(input, refunds(books, input.order), deciding),
  'reject-refund': (books, input, deciding) => decideRejectRefund(input, refunds(books, input.order), deciding),
  'withdraw-refund': (books, input, deciding) => decideWithdrawRefund(input, refunds(books, input.order), deciding),
  'publish-item': (books, input, deciding) => decidePublish(input, catalogueOf(books), deciding),
  'change-item': (books, input, deciding) => decideChange(input, catalogueOf(books), deciding),
  'retire-item': (books, input, deciding) => decideRetire(input, catalogueOf(books), deciding),
  'issue-coupons': (books, input, deciding) =>
    decideIssueCoupons(
      { ...input, currency: input.currency ?? CURRENCY },
      books.document('batch', input.batch),
      deciding,
      (serial) => coupons.hashOf(coupons.codeOf(serial)),
    ),
  redeem: (books, input, deciding) => {
    const { account, serial, region = '' } = input
    const coupon = books.document('coupon', serial)
    const state = { account: books.account(account), coupon, region: books.document('region', region) }
    return decideRedeem(input, state, deciding, coupons.matches)
  },
  provision: (books, input, deciding) => {
    const instance = books.document('instance', input.instance)
    const service = books.document('service', input.service)
    return decideProvision(input, { instance, service, owner: books.account(input.owner) }, deciding)
  },
  'fetch-credentials': (books, input, deciding) =>
    decideFetchCredentials(books.document('instance', input.instance), deciding),
  deprovision: (books, input, deciding) =>
    decideDeprovision(input, books.document('instance', input.instance), deciding),
  checkout: (books, input, deciding) => {
    const { account, plan, today, zone, tax } = basketStateOf(input, books, deciding.now, TERMS)
    const region = (id: string) => books.document('region', id)
    return decideCheckout({ ...input, today, zone }, { account, plan: plan(input.plan), region, tax }, deciding)
  },
  renew: (books, input, deciding) =>
    decideRenew(
      { ...input, today: dateIn(deciding.now), graceDays: GRACE_DAYS, retryDays: RETRY_DAYS, taxes: TAXES },
      {
        account: books.account(input.account),
        free: books.document('plan', FREE_PLAN),
        customer: books.document('customer', input.account),
        purchase: (order) => books.purchase(order),
      },
      deciding,
    ),
  'cancel-subscription': (books, input, deciding) =>
    decideCancelSubscription(input, books.account(input.account), deciding),
  'start-checkout': (books, input, deciding) =>
    decideStartCheckout(input, basketStateOf(input, books, deciding.now, TERMS), deciding),
  'start-recharge': (books, input, deciding) => decideStartRecharge(input, books.account(input.account), deciding),
  buy: (books, input, deciding) => decideBuy(input, basketStateOf(input, books, deciding.now, TERMS), deciding),
  'checkout-paid': (books, input, deciding) => decidePaid(input, outcome(books, input), deciding),
  'checkout-failed': (books, input, deciding) =>
    decideFailed({ ...input, today: dateIn(deciding.now), graceDays: GRACE_DAYS }, outcome(books, input), deciding),
  'payment-settled': (books, input, deciding) => decideSettled(input, outcome(books, input), deciding),
  'charge-returned': (books, input, deciding) => decideUnwanted(input, outcome(books, input), deciding),
  'payment-returned': (books, input, deciding) => {
    const purchase = books.document('purchase', String(input.checkoutLeaf))
    const state = {
      ...outcome(books, input),
      ...refunding(books),
      purchase,
      reversed: books.recharge(String(input.checkoutLeaf))?.reversed ?? 0n,
    }
    return decideReturned({ ...input, today: dateIn(deciding.now) }, state, deciding)
  },
  'refund-purchase': (books, input, deciding) => {
    const purchase = books.purchase(input.order)
    const account = purchase && books.account(purchase.account)
    return decideRefundPurchase(
      { ...input, today: dateIn(deciding.now) },
      { purchase, account, ...refunding(books) },
      deciding,
    )
  },
  'card-refunded': (books, input, deciding) => {
    const purchase = (leaf: number) => books.document('purchase', String(leaf))
    const state = { account: books.account(input.account), purchase, ...refunding(books) }
    return decideCardRefunded({ ...input, today: dateIn(deciding.now) }, state, deciding)
  },
  'card-refund-failed': (books, input, deciding) =>
    decideCardRefundFailed(input, { account: books.account(input.account), ...refunding(books) }, deciding),
  'grant-promocode': (books, input, deciding) => {
    const { promocode, account } = input
    const state = {
      promocode: books.document('promocode', promocode),
      account: books.account(account),
      grants: books.document('grants', promocode),
      grant: books.document('grant', grantId(promocode, account)),
    }
    return decideGrantPromocode(input, state, deciding)
  },
  'add-cart-item': (books, input, deciding) => decideAddCartItem(input, cartStateOf(input, books, TERMS), deciding),
  'change-cart-item': (books, input, deciding) =>
    decideChangeCartItem(input, cartStateOf(input, books, TERMS), deciding),
  'remove-cart-item': (books, input, deciding) =>
    decideRemoveCartItem(
      input,
      { account: books.account(input.account), cart: books.document('cart', input.account) },
      deciding,
    ),
  'change-customer': (books, input, deciding) => decideChangeCustomer(input, person(books, input.account), deciding),
  'erase-person': (books, input, deciding) =>
    decideErasePerson(input, person(books, input.account), deciding, (erasures) =>
      personKeyOf(input.account, erasures),
    ),
  'open-subscription': (books, input, deciding) =>
    decideOpenSubscription(
      input,
      {
        account: books.account(input.account),
        free: books.document('plan', FREE_PLAN),
        customer: books.document('customer', input.account),
      },
      deciding,
    ),
  'report-usage': (books, input, deciding) =>
    decideReportUsage({ ...input, today: dateIn(deciding.now) }, books.account(input.account), deciding),
  'close-subscription': (books, input, deciding) =>
    decideCloseSubscription({ ...input, today: dateIn(deciding.now) }, books.account(input.account), deciding),
}
