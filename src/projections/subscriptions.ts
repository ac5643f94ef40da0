import type { Codec, Projection } from '../follower/projection.js'
import type { RowKey } from '../views/port.js'
import { integer } from './body.js'
import { rowCodec } from './subscriptions-codec.js'
import { evolveRow, type Handled, makeRow, type PurchasedItem, type PurchaseRow } from './subscriptions-row.js'

export type { PurchasedItem, PurchaseRow }

/** What an account has bought, counted. */
export interface BuyerDocument {
  readonly purchases: number
  /** Subscriptions that are not over. */
  readonly running: number
}

const nothing: BuyerDocument = { purchases: 0, running: 0 }

const evolve = (before: BuyerDocument | undefined, event: Handled): BuyerDocument => {
  const { purchases, running } = before ?? nothing
  if (event.type === 'SubscriptionEnded') return { purchases, running: running - 1 }
  if (event.type !== 'Purchased') return { purchases, running }
  const begun = event.data.items.filter(({ subscription }) => subscription !== undefined)
  return { purchases: purchases + 1, running: running + begun.length }
}

/** The purchase that began the subscription; of a refund the purchase itself. A renewal has no row, so its refund changes none. */
const rowKeys = ({ data }: Handled): readonly RowKey[] => {
  if ('subscriptionLeaf' in data) return [{ key: data.account, leaf: data.subscriptionLeaf }]
  return 'orderLeaf' in data ? [{ key: data.account, leaf: data.orderLeaf }] : []
}

const documentCodec: Codec<BuyerDocument> = {
  encode: ({ purchases, running }) => ({ purchases, running }),
  decode: (body) => ({ purchases: integer(body, 'purchases'), running: integer(body, 'running') }),
}

/** Accounts, and what each has bought. */
export const subscriptions: Projection<BuyerDocument, PurchaseRow, Handled> = {
  name: 'subscriptions',
  version: 1,
  documents: 'buyers',
  rows: 'purchases',
  handles: [
    'Purchased',
    'SubscriptionRenewed',
    'SubscriptionPastDue',
    'SubscriptionCancelled',
    'SubscriptionEnded',
    'PurchaseRefunded',
  ],
  indexes: [],
  keys: ({ data }) => [data.account],
  evolve,
  row: (_, event) => makeRow(event),
  rowKeys,
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
