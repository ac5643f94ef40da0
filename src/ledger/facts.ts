import type { EventType, Fact } from '../../events/catalogue.js'

/** The events of the stream `catalogue`. */
export const ofCatalogue = [
  'PlanPublished',
  'RegionPublished',
  'PromocodePublished',
  'AddonPublished',
  'RepoPublished',
  'RepoItemPublished',
  'ServicePublished',
  'CatalogueItemRetired',
] as const satisfies readonly EventType[]

/** Events that lie in no account's stream. Of these, only a redeemed coupon touches an account: it raises it. */
const elsewhere = [
  ...ofCatalogue,
  'CouponsIssued',
  'CouponRedeemed',
  'InstanceProvisioned',
  'InstanceCredentialsFetched',
  'InstanceDeprovisioned',
  'PromocodeGranted',
  'CartItemAdded',
  'CartItemChanged',
  'CartItemRemoved',
  'CustomerChanged',
  'PersonErased',
] as const satisfies readonly EventType[]

/** A fact of an account's own stream. */
export type AccountFact<Any extends Fact = Fact> = Exclude<Any, { type: (typeof elsewhere)[number] }>

const types: ReadonlySet<string> = new Set(elsewhere)

export const inAccount = <Any extends Fact>(fact: Any): fact is AccountFact<Any> => !types.has(fact.type)
