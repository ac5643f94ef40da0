import type { DataOf, Fact } from '../../events/catalogue.js'
import { amountText, fromEvent } from './money.js'
import { less } from './share.js'
import type { Line } from './state.js'

/**
 * Small states that commands decide on, besides accounts and orders, each under a key of its own. They hold texts and whole numbers
 * alone (money as in events), so that they are kept as they are.
 */
export type Document = CatalogueItem | Coupon | CouponBatch | Instance | Purchase | Customer
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
  /** Of his last address, also when it is erased; `null`: no tax is due there. */
  readonly taxCountry: string | null
}

/** An order paid to us: a purchase or a renewal. Guarded by the owner's stream. */
export interface Purchase {
  readonly kind: 'purchase'
  readonly id: string
  readonly leaf: number
  readonly account: string
  readonly amount: string
  readonly currency: string
  /** What of each is not given back. */
  readonly lines: readonly Line[]
  readonly refunded: string
}

/** What an event does to one document. */
export interface Change {
  readonly key: string
  /** The document is found by this id of ours too; `null`: it is not, or was made before. */
  readonly opens: string | null
  readonly apply: (before: Document | undefined) => Document | undefined
}

export const keyOf = (kind: DocumentKind, id: string): string => `${kind}/${id}`

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
    case 'PurchaseRefunded':
      return [later('purchase', String(event.data.orderLeaf), (before) => refunded(before, event.data))]
    case 'CustomerChanged':
      return [customer(event.data.account, { taxCountry: event.data.taxCountry ?? null })]
    case 'PersonErased':
      return [customer(event.data.account, { erasures: event.data.erasure })]
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

const customer = (account: string, changed: Partial<Customer>): Change => ({
  key: keyOf('customer', account),
  opens: null,
  apply: (before) => ({
    kind: 'customer',
    account,
    erasures: 0,
    taxCountry: null,
    ...(before && isOf('customer', before) && before),
    ...changed,
  }),
})

const bought = (
  { order, account, amount, currency, lines }: DataOf<'Purchased' | 'SubscriptionRenewed'>,
  leaf: number,
): Change => ({
  key: keyOf('purchase', String(leaf)),
  opens: order,
  apply: () => ({
    kind: 'purchase',
    id: order,
    leaf,
    account,
    amount,
    currency,
    lines,
    refunded: amountText(0n, currency),
  }),
})

const refunded = (before: Document, { amount, currency, lines }: DataOf<'PurchaseRefunded'>): Document | false =>
  isOf('purchase', before) && {
    ...before,
    lines: less(before.lines, lines, currency),
    refunded: amountText(fromEvent(before.refunded) + fromEvent(amount), currency),
  }
