import type { DataOf, Fact } from '../../events/catalogue.js'
import type { Envelope } from '../../events/envelope.js'
import type { Cart } from './cart.js'
import type { CardRefund, Checkout } from './checkout-document.js'
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
  | Cart
  | Customer
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

/** The person behind an account. Guarded by `customer-<account>`. */
export interface Customer {
  readonly kind: 'customer'
  readonly account: string
  /** How often he was erased; each time another key comes into use. */
  readonly erasures: number
  /** The leaf number of the event that has erased him last; -1: none has, or it is in flight. */
  readonly erasedAt: number
  /** Of his last address, also when it is erased; `null`: no tax is due there. */
  readonly taxCountry: string | null
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

/** What a document takes of an event's place. */
export type Placed<Any extends Fact = Fact> = Any &
  Pick<Envelope, 'revision' | 'id'> & { readonly metadata: { readonly recordedAt: string } }

/** Of a document that was made before; a fold refuses nothing, so what is not there stays away. */
export const later = (
  kind: DocumentKind,
  id: string,
  to: (before: Document) => Document | false | undefined,
): Change => ({
  key: keyOf(kind, id),
  opens: null,
  apply: (before) => (before === undefined ? undefined : to(before) || before),
})
