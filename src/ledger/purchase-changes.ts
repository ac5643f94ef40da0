import type { DataOf, EventType, Fact } from '../../events/catalogue.js'
import { outOfCart } from './cart.js'
import { type CardRefund, evolveCheckout } from './checkout-document.js'
import { type Change, type Document, isOf, keyOf, later } from './document.js'
import { freeGrant, promocodesIn, useGrant, type WithPromocodes } from './grant-changes.js'
import { amountText, fromEvent } from './money.js'
import { less, more } from './share.js'

const handled = [
  'Purchased',
  'SubscriptionRenewed',
  'PurchaseRefunded',
  'CheckoutStarted',
  'CheckoutPaid',
  'CheckoutFailed',
  'ChargeReturned',
  'PaymentSettled',
  'PaymentReturned',
  'CardRefundRequested',
  'CardRefunded',
  'CardRefundFailed',
] as const satisfies readonly EventType[]

type Purchasing<Any extends Fact = Fact> = Extract<Any, { type: (typeof handled)[number] }>

const types: ReadonlySet<string> = new Set(handled)

export const isPurchasing = <Any extends Fact>(event: Any): event is Purchasing<Any> => types.has(event.type)

/** What events do to purchases, checkouts and card refunds, and to the promocodes and carts that went into them. */
export const purchaseChanges = (event: Purchasing, leaf: number): readonly Change[] => {
  switch (event.type) {
    case 'Purchased':
      return [bought(event.data, leaf), ...onGrants(event.data, event.data.order, useGrant), ...outOfCart(event.data)]
    case 'SubscriptionRenewed':
      return [bought(event.data, leaf)]
    case 'PurchaseRefunded':
      return [refundOf(event.data.orderLeaf, event.data)]
    case 'CheckoutStarted':
      return [started(event.data, leaf), ...onGrants(event.data, event.data.checkout, useGrant)]
    case 'CheckoutFailed':
      return [ofCheckout(event), ...onGrants(event.data, event.data.checkout, freeGrant)]
    case 'CheckoutPaid':
      return event.data.purpose === 'recharge'
        ? [ofCheckout(event)]
        : [ofCheckout(event), charged(event.data), ...outOfCart(event.data)]
    case 'PaymentSettled':
    case 'ChargeReturned':
      return [ofCheckout(event)]
    case 'PaymentReturned':
      return [ofCheckout(event), refundOf(event.data.checkoutLeaf, event.data)]
    case 'CardRefundRequested':
      return [requested(event.data, leaf), refundOf(event.data.orderLeaf, event.data)]
    case 'CardRefunded':
      return [ofRefund(event.data, 'done')]
    case 'CardRefundFailed':
      return [ofRefund(event.data, 'failed'), notRefunded(event.data)]
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** What was granted is used by an order, or by nothing any more. */
const onGrants = (data: WithPromocodes, order: string, change: typeof useGrant): readonly Change[] =>
  promocodesIn(data).map(({ code }) => change(code, data.account, order))

const charged = (data: DataOf<'CheckoutPaid'>): Change => bought({ ...data, order: data.checkout }, data.checkoutLeaf)

const bought = ({ order, account, amount, currency, lines, transaction }: Bought, leaf: number): Change => ({
  key: keyOf('purchase', String(leaf)),
  // By card the checkout is found by that id already.
  opens: transaction === undefined ? order : null,
  apply: () => ({
    kind: 'purchase',
    id: order,
    leaf,
    transaction: transaction ?? null,
    account,
    amount,
    currency,
    lines,
    refunded: amountText(0n, currency),
  }),
})

interface Bought extends Pick<DataOf<'Purchased'>, 'order' | 'account' | 'amount' | 'currency' | 'lines'> {
  readonly transaction?: string
}

type GivenBack = Pick<DataOf<'PurchaseRefunded'>, 'amount' | 'currency' | 'lines'>

const refundOf = (orderLeaf: number, data: GivenBack): Change =>
  later('purchase', String(orderLeaf), (before) => refunded(before, data))

const refunded = (before: Document, { amount, currency, lines }: GivenBack): Document | false =>
  isOf('purchase', before) && {
    ...before,
    lines: less(before.lines, lines, currency),
    refunded: amountText(fromEvent(before.refunded) + fromEvent(amount), currency),
  }

const started = (data: DataOf<'CheckoutStarted'>, leaf: number): Change => ({
  key: keyOf('checkout', String(leaf)),
  opens: data.checkout,
  apply: () => ({
    kind: 'checkout',
    id: data.checkout,
    leaf,
    started: data,
    state: 'open',
    transaction: null,
    unwanted: [],
  }),
})

const ofCheckout = (event: Extract<Fact, { readonly data: { readonly checkoutLeaf: number } }>): Change =>
  later(
    'checkout',
    String(event.data.checkoutLeaf),
    (before) => isOf('checkout', before) && evolveCheckout(before, event),
  )

const requested = (data: DataOf<'CardRefundRequested'>, leaf: number): Change => ({
  key: keyOf('card-refund', String(leaf)),
  opens: data.refund,
  apply: () => ({ kind: 'card-refund', id: data.refund, leaf, requested: data, state: 'open' }),
})

const ofRefund = ({ refundLeaf }: { readonly refundLeaf: number }, state: CardRefund['state']): Change =>
  later('card-refund', String(refundLeaf), (before) => isOf('card-refund', before) && { ...before, state })

/** What was asked for is the purchase's again. */
const notRefunded = ({ orderLeaf, amount, currency, lines }: DataOf<'CardRefundFailed'>): Change =>
  later(
    'purchase',
    String(orderLeaf),
    (before) =>
      isOf('purchase', before) && {
        ...before,
        lines: more(before.lines, lines, currency),
        refunded: amountText(fromEvent(before.refunded) - fromEvent(amount), currency),
      },
  )
