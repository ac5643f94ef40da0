import type { DataOf, Fact } from '../../events/catalogue.js'
import { type CardRefund, type Checkout, evolveCheckout } from './checkout-document.js'
import { amountText, fromEvent } from './money.js'
import { less, more } from './share.js'
import type { Line } from './state.js'

/**
 * Small states that commands decide on, besides accounts and orders, each under a key of its own. They hold texts and whole numbers
 * alone (money as in events), so that they are kept as they are.
 */
export type Document =
  | CatalogueItem
  | Coupon
  | CouponBatch
  | Instance
  | Purchase
  | Checkout
  | CardRefund
  | Grants
  | Grant
export type DocumentKind = Document['kind']
export type DocumentOf<Kind extends DocumentKind> = Extract<Document, { kind: Kind }>

/** The events that publish an item, by its kind. */
export interface Published {
  plan: DataOf<'PlanPublished'>
  region: DataOf<'RegionPublished'>
  promocode: DataOf<'PromocodePublished'>
  addon: DataOf<'AddonPublished'>
  repo: DataOf<'RepoPublished'>
  'repo-item': DataOf<'RepoItemPublished'>
  service: DataOf<'ServicePublished'>
}

export type ItemKind = keyof Published

/** The newest version of what is sold or shown. Guarded by the stream `catalogue`. */
export type CatalogueItem = {
  [Kind in ItemKind]: {
    readonly kind: Kind
    /** Of its first publication; -1 while that is in flight. */
    readonly leaf: number
    readonly retired: boolean
    /** The last event about it: a publication or its retirement; its leaf number is -1 while it is in flight. */
    readonly last: { readonly revision: number; readonly leaf: number }
    readonly data: Published[Kind]
  }
}[ItemKind]

/** Its facts are those of the batch; redeeming is guarded by `coupon-<serial>`. */
export interface Coupon {
  readonly kind: 'coupon'
  readonly serial: string
  readonly batch: string
  readonly codeHash: string
  readonly amount: string
  readonly currency: string
  readonly expiresAt: string
  readonly redeemed: boolean
}

/** Guarded by `coupons-<batch>`. */
export interface CouponBatch {
  readonly kind: 'batch'
  readonly batch: string
}

/** Guarded by `instance-<id>`. */
export interface Instance {
  readonly kind: 'instance'
  readonly instance: string
  readonly service: string
  readonly owner: string
  /** The name of its credentials in the store of secrets. */
  readonly credentials: string
  readonly gone: boolean
}

/** An order paid to us: a purchase or a renewal. Guarded by the owner's stream. */
export interface Purchase {
  readonly kind: 'purchase'
  readonly id: string
  /** Of the event that opened the order: by card, the one that started its checkout. */
  readonly leaf: number
  /** The gateway's id of the charge; `null`: paid from the balance. */
  readonly transaction: string | null
  readonly account: string
  readonly amount: string
  readonly currency: string
  /** What of each is not given back. */
  readonly lines: readonly Line[]
  readonly refunded: string
}

/** How often a promocode was granted. Guarded by `promocode-<promocode>`. */
export interface Grants {
  readonly kind: 'grants'
  readonly granted: number
}

/** A promocode of an account, on the terms that it was granted on. Granting is guarded by `promocode-<promocode>`, using by the account's stream. */
export interface Grant {
  readonly kind: 'grant'
  /** Of the event that granted it; -1 while that is in flight. */
  readonly leaf: number
  /** The id of the checkout or order that uses it; `null`: none does. */
  readonly used: string | null
  readonly data: DataOf<'PromocodeGranted'>
}

/** What an event does to one document. */
export interface Change {
  readonly key: string
  /** The document is found by this id of ours too; `null`: it is not, or was made before. */
  readonly opens: string | null
  readonly apply: (before: Document | undefined) => Document | undefined
}

export const keyOf = (kind: DocumentKind, id: string): string => `${kind}/${id}`

/** The id of a grant: a promocode is granted to an account once. */
export const grantId = (promocode: string, account: string): string => `${promocode}/${account}`

export const isOf = <Kind extends DocumentKind>(kind: Kind, document: Document): document is DocumentOf<Kind> =>
  document.kind === kind

/** The documents that an event changes. `leaf` is its number in the log, or `IN_FLIGHT`: what is in flight is found by no number. */
export const changes = (event: Fact & { readonly revision: number }, leaf: number): readonly Change[] => {
  switch (event.type) {
    case 'PlanPublished':
      return published(event.data.plan, { kind: 'plan', data: event.data, ...begun(event, leaf) })
    case 'RegionPublished':
      return published(event.data.region, { kind: 'region', data: event.data, ...begun(event, leaf) })
    case 'PromocodePublished':
      return published(event.data.promocode, { kind: 'promocode', data: event.data, ...begun(event, leaf) })
    case 'AddonPublished':
      return published(event.data.addon, { kind: 'addon', data: event.data, ...begun(event, leaf) })
    case 'RepoPublished':
      return published(event.data.repo, { kind: 'repo', data: event.data, ...begun(event, leaf) })
    case 'RepoItemPublished':
      return published(`${event.data.repo}/${event.data.item}`, {
        kind: 'repo-item',
        data: event.data,
        ...begun(event, leaf),
      })
    case 'ServicePublished':
      return published(event.data.service, { kind: 'service', data: event.data, ...begun(event, leaf) })
    case 'CatalogueItemRetired':
      return [retired(event.data, { revision: event.revision, leaf })]
    case 'CouponsIssued':
      return issued(event.data)
    case 'CouponRedeemed':
      return [later('coupon', event.data.serial, (before) => 'redeemed' in before && { ...before, redeemed: true })]
    case 'InstanceProvisioned':
      return [provisioned(event.data)]
    case 'InstanceDeprovisioned':
      return [later('instance', event.data.instance, (before) => 'gone' in before && { ...before, gone: true })]
    case 'Purchased':
    case 'SubscriptionRenewed':
      return [bought(event.data, leaf)]
    case 'CardRefunded':
      return [
        later(
          'card-refund',
          String(event.data.refundLeaf),
          (before) => isOf('card-refund', before) && { ...before, state: 'done' },
        ),
      ]
    case 'CheckoutStarted':
      return [started(event.data, leaf)]
    case 'CheckoutFailed':
    case 'PaymentSettled':
    case 'ChargeReturned':
      return [ofCheckout(event)]
    case 'CheckoutPaid':
      return event.data.purpose === 'recharge'
        ? [ofCheckout(event)]
        : [ofCheckout(event), bought({ ...event.data, order: event.data.checkout }, event.data.checkoutLeaf)]
    case 'PaymentReturned':
      return [ofCheckout(event), refundOf(event.data.checkoutLeaf, event.data)]
    case 'PurchaseRefunded':
      return [refundOf(event.data.orderLeaf, event.data)]
    case 'CardRefundRequested':
      return [requested(event.data, leaf), refundOf(event.data.orderLeaf, event.data)]
    case 'CardRefundFailed':
      return failedRefund(event.data)
    case 'PromocodeGranted':
      return granted(event.data, leaf)
    default:
      return none
  }
}

const none: readonly Change[] = []

/** Of a document that was made before; a fold refuses nothing, so what is not there stays away. */
const later = (kind: DocumentKind, id: string, to: (before: Document) => Document | false | undefined): Change => ({
  key: keyOf(kind, id),
  opens: null,
  apply: (before) => (before === undefined ? undefined : to(before) || before),
})

const begun = ({ data, revision }: Publication, leaf: number) => ({
  leaf: data.itemLeaf ?? leaf,
  retired: false,
  last: { revision, leaf },
})

interface Publication {
  readonly data: { readonly itemLeaf?: number }
  readonly revision: number
}

const retired = ({ kind, id }: DataOf<'CatalogueItemRetired'>, last: CatalogueItem['last']): Change =>
  later(kind, id, (before) => 'retired' in before && { ...before, retired: true, last })

const published = (id: string, item: CatalogueItem): readonly Change[] => [
  { key: keyOf(item.kind, id), opens: null, apply: () => item },
]

const issued = ({ batch, amount, currency, expiresAt, coupons }: DataOf<'CouponsIssued'>): readonly Change[] => [
  { key: keyOf('batch', batch), opens: null, apply: () => ({ kind: 'batch', batch }) },
  ...coupons.map(
    ({ serial, codeHash }): Change => ({
      key: keyOf('coupon', serial),
      opens: null,
      apply: () => ({ kind: 'coupon', serial, batch, codeHash, amount, currency, expiresAt, redeemed: false }),
    }),
  ),
]

const provisioned = ({ instance, service, owner, credentials }: DataOf<'InstanceProvisioned'>): Change => ({
  key: keyOf('instance', instance),
  opens: null,
  apply: () => ({ kind: 'instance', instance, service, owner, credentials, gone: false }),
})

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

/** What was asked for is the purchase's again. */
const failedRefund = ({
  refundLeaf,
  orderLeaf,
  amount,
  currency,
  lines,
}: DataOf<'CardRefundFailed'>): readonly Change[] => [
  later('card-refund', String(refundLeaf), (before) => isOf('card-refund', before) && { ...before, state: 'failed' }),
  later(
    'purchase',
    String(orderLeaf),
    (before) =>
      isOf('purchase', before) && {
        ...before,
        lines: more(before.lines, lines, currency),
        refunded: amountText(fromEvent(before.refunded) - fromEvent(amount), currency),
      },
  ),
]
const granted = (data: DataOf<'PromocodeGranted'>, leaf: number): readonly Change[] => [
  { key: keyOf('grants', data.promocode), opens: null, apply: () => ({ kind: 'grants', granted: data.number }) },
  {
    key: keyOf('grant', grantId(data.promocode, data.account)),
    opens: null,
    apply: () => ({ kind: 'grant', leaf, used: null, data }),
  },
]

/** A checkout or an order uses a grant of its account; `null`: nothing does any more. */
export const useGrant = (promocode: string, account: string, order: string | null): Change =>
  later('grant', grantId(promocode, account), (before) => isOf('grant', before) && { ...before, used: order })
