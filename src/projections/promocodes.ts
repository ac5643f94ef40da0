import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { integer } from './body.js'
import { type GrantRow, rowCodec } from './promocodes-codec.js'

export type { GrantRow }

type Handled = EventOf<'PromocodeGranted'>

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

const keys = ({ data: { promocode, account } }: Handled): readonly string[] => [
  countKey(promocode),
  holderKey(account),
  placeKey(promocode, account),
]

const evolve = (before: GrantDocument | undefined, { data }: Handled, { key, leaf }: At): GrantDocument => {
  if (key === placeKey(data.promocode, data.account)) return { kind: 'grant', leaf }
  return { kind: 'count', granted: before?.kind === 'count' ? before.granted + 1 : 1 }
}

const evolveRow = (row: GrantRow, event: Handled): GrantRow => {
  switch (event.type) {
    case 'PromocodeGranted':
      return row
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event.type
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

/** Promocodes as they were granted: the rows of an account are its grants, in order. */
export const promocodes: Projection<GrantDocument, GrantRow, Handled> = {
  name: 'promocodes',
  version: 1,
  documents: 'promocodes',
  rows: 'promocode-grants',
  handles: ['PromocodeGranted'],
  indexes: [],
  keys,
  evolve,
  row: (_, { data, metadata }, { key }) =>
    key === holderKey(data.account) ? { data, grantedAt: metadata.recordedAt, used: null } : undefined,
  rowKeys: () => [],
  evolveRow,
  document: documentCodec,
  rowBody: rowCodec,
}
