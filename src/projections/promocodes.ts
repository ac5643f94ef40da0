import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { promocodesIn } from '../ledger/grant-changes.js'
import type { RowKey } from '../views/port.js'
import { integer } from './body.js'
import { type GrantRow, rowCodec } from './promocodes-codec.js'

export type { GrantRow }

type Handled = EventOf<'PromocodeGranted' | 'Purchased' | 'CheckoutStarted' | 'CheckoutFailed'>

/** How many grants there are, of a promocode or of an account. */
export interface GrantCount {
  readonly kind: 'count'
  readonly granted: number
}

/** Where the grant of a promocode to an account is: in the row of the account with this leaf number. */
export interface GrantPlace {
  readonly kind: 'grant'
  readonly leaf: number
}

export type GrantDocument = GrantCount | GrantPlace

/** The keys of the documents. No id of a promocode and no name has a slash. */
export const countKey = (promocode: string): string => `promocode/${promocode}`
export const holderKey = (account: string): string => `account/${account}`
export const placeKey = (promocode: string, account: string): string => `grant/${promocode}/${account}`

const keys = ({ type, data }: Handled): readonly string[] =>
  type === 'PromocodeGranted'
    ? [countKey(data.promocode), holderKey(data.account), placeKey(data.promocode, data.account)]
    : []

const evolve = (before: GrantDocument | undefined, _: Handled, { key, leaf }: At): GrantDocument => {
  if (key.startsWith('grant/')) return { kind: 'grant', leaf }
  return { kind: 'count', granted: before?.kind === 'count' ? before.granted + 1 : 1 }
}

const row = (_: GrantDocument, event: Handled, { key }: At): GrantRow | undefined =>
  event.type === 'PromocodeGranted' && key === holderKey(event.data.account)
    ? { data: event.data, grantedAt: event.metadata.recordedAt, used: null }
    : undefined

const rowKeys = (event: Handled): readonly RowKey[] =>
  event.type === 'PromocodeGranted'
    ? []
    : promocodesIn(event.data).map(({ grantLeaf }) => ({ key: holderKey(event.data.account), leaf: grantLeaf }))

/** As in the write model: one order uses a grant, and frees none that another uses. */
const evolveRow = (row: GrantRow, event: Handled): GrantRow => {
  switch (event.type) {
    case 'PromocodeGranted':
      return row
    case 'Purchased':
      return { ...row, used: row.used ?? event.data.order }
    case 'CheckoutStarted':
      return { ...row, used: row.used ?? event.data.checkout }
    case 'CheckoutFailed':
      return row.used === event.data.checkout ? { ...row, used: null } : row
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const documentCodec: Codec<GrantDocument> = {
  encode: (document) =>
    document.kind === 'grant' ? { kind: 'grant', leaf: document.leaf } : { kind: 'count', granted: document.granted },
  decode: (body) =>
    body.kind === 'grant'
      ? { kind: 'grant', leaf: integer(body, 'leaf') }
      : { kind: 'count', granted: integer(body, 'granted') },
}

/** Promocodes as they were granted, and what uses them: the rows of an account are its grants, in order. */
export const promocodes: Projection<GrantDocument, GrantRow, Handled> = {
  name: 'promocodes',
  version: 1,
  documents: 'promocodes',
  rows: 'promocode-grants',
  handles: ['PromocodeGranted', 'Purchased', 'CheckoutStarted', 'CheckoutFailed'],
  indexes: [],
  keys,
  evolve,
  row,
  rowKeys,
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
