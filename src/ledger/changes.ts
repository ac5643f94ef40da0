import type { DataOf } from '../../events/catalogue.js'
import { inCart } from './cart.js'
import { type CatalogueItem, type Change, type Customer, isOf, keyOf, later, type Placed } from './document.js'
import { granted } from './grant-changes.js'
import { isPurchasing, purchaseChanges } from './purchase-changes.js'

/** The documents that an event changes. `leaf` is its number in the log, or `IN_FLIGHT`: what is in flight is found by no number. */
export const changes = (event: Placed, leaf: number): readonly Change[] => {
  switch (event.type) {
    // First, because nearly all events are trades and the types are looked at one after another.
    case 'Traded':
      return none
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
    case 'PromocodeGranted':
      return granted(event.data, leaf)
    case 'CartItemAdded':
    case 'CartItemChanged':
    case 'CartItemRemoved':
      return [inCart(event, leaf)]
    case 'CustomerChanged':
      return [customer(event.data.account, { taxCountry: event.data.taxCountry ?? null })]
    case 'PersonErased':
      return [customer(event.data.account, { erasures: event.data.erasure, erasedAt: leaf })]
    default:
      return isPurchasing(event) ? purchaseChanges(event, leaf) : none
  }
}

const none: readonly Change[] = []

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
    erasedAt: -1,
    taxCountry: null,
    ...(before && isOf('customer', before) && before),
    ...changed,
  }),
})
