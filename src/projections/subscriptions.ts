import type { At, Codec, Projection } from '../follower/projection.js'
import { hexId } from '../ledger/hex-id.js'
import type { RowKey } from '../views/port.js'
import { integer } from './body.js'
import { rowCodec } from './subscriptions-codec.js'
import { begins, evolveRow, type Handled, makeRow, type SubscriptionRow } from './subscriptions-row.js'

export { quotaOf, type SeenPlan, type SubscribedPlan, usedOn } from './subscriptions-item.js'
export type { DeviceRow, PurchaseRow, SubscriptionRow } from './subscriptions-row.js'

/** What an account has bought, counted. */
export interface BuyerDocument {
  readonly kind: 'buyer'
  readonly purchases: number
  /** Subscriptions that are not over. */
  readonly running: number
}

/** Where a subscription is: in the row of the account with this leaf number. */
export interface SubscriptionPlace {
  readonly kind: 'place'
  readonly leaf: number
}

export type SubscriptionDocument = BuyerDocument | SubscriptionPlace

/** The key of a place. `id`: our id of the subscription, or what the subscriptions API calls it. No name of an account has a slash. */
export const placeKey = (account: string, id: string): string => `subscription/${account}/${id}`

/** The subscriptions that an event begins. */
const begunBy = (event: Handled): readonly string[] => {
  if (event.type === 'SubscriptionOpened') return [event.data.subscription]
  if (event.type !== 'Purchased') return []
  return event.data.items.filter(begins).flatMap(({ subscription }) => subscription ?? [])
}

const keys = (event: Handled): readonly string[] => {
  const { account } = event.data
  const begun = begunBy(event)
  if (begun.length === 0) return [account]
  return [account, ...[...begun, hexId(event.id)].map((id) => placeKey(account, id))]
}

const nothing: BuyerDocument = { kind: 'buyer', purchases: 0, running: 0 }

const evolve = (before: SubscriptionDocument | undefined, event: Handled, { key, leaf }: At): SubscriptionDocument => {
  if (key !== event.data.account) return { kind: 'place', leaf }
  const { purchases, running } = before?.kind === 'buyer' ? before : nothing
  return {
    kind: 'buyer',
    purchases: purchases + (event.type === 'Purchased' ? 1 : 0),
    running: running + begunBy(event).length - (event.type === 'SubscriptionEnded' ? 1 : 0),
  }
}

/** Those that began the subscriptions; of a refund the purchase itself. A renewal has no row, so its refund changes none. */
const rowKeys = ({ data }: Handled): readonly RowKey[] => {
  const leaves = new Set<number>()
  if ('subscriptionLeaf' in data) leaves.add(data.subscriptionLeaf)
  if ('orderLeaf' in data) leaves.add(data.orderLeaf)
  if ('items' in data) {
    for (const { subscriptionLeaf } of data.items) if (subscriptionLeaf !== undefined) leaves.add(subscriptionLeaf)
  }
  return [...leaves].map((leaf) => ({ key: data.account, leaf }))
}

const documentCodec: Codec<SubscriptionDocument> = {
  encode: (document) =>
    document.kind === 'place'
      ? { kind: 'place', leaf: document.leaf }
      : { kind: 'buyer', purchases: document.purchases, running: document.running },
  decode: (body) =>
    body.kind === 'place'
      ? { kind: 'place', leaf: integer(body, 'leaf') }
      : { kind: 'buyer', purchases: integer(body, 'purchases'), running: integer(body, 'running') },
}

/** Accounts, what each has bought, and the subscriptions of its devices. */
export const subscriptions: Projection<SubscriptionDocument, SubscriptionRow, Handled> = {
  name: 'subscriptions',
  version: 3,
  documents: 'buyers',
  rows: 'purchases',
  handles: [
    'Purchased',
    'SubscriptionRenewed',
    'SubscriptionPastDue',
    'SubscriptionCancelled',
    'SubscriptionEnded',
    'PurchaseRefunded',
    'SubscriptionOpened',
    'SubscriptionReverted',
    'UsageReported',
    'CheckoutStarted',
    'CheckoutPaid',
    'CheckoutFailed',
  ],
  indexes: [],
  keys,
  evolve,
  row: (_, event, { key }) => (key === event.data.account ? makeRow(event) : undefined),
  rowKeys,
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
