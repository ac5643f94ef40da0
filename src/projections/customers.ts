import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { hexId } from '../ledger/hex-id.js'
import type { JsonObject } from '../views/port.js'
import { object, text, textOrNull } from './body.js'
import { rowless } from './rowless.js'

type Handled = EventOf<'CustomerChanged' | 'PersonErased'>

/** The person behind an account. */
export interface CustomerDocument {
  readonly account: string
  /** `null`: he was erased, and has said nothing since. */
  readonly address: SealedAddress | null
  /** Of the last address; it outlives it, since what is sold to him is taxed all the same. */
  readonly taxCountry: string | null
  readonly erasedAt: string | null
}

/** As only who has the person's key can read it. */
export interface SealedAddress {
  /** 24 hex digits: after the event that gave the first one since the last erasure. */
  readonly id: string
  readonly personKey: string
  readonly sealed: string
  readonly createdAt: string
  readonly modifiedAt: string
}

const evolve = (before: CustomerDocument | undefined, event: Handled, { key }: At): CustomerDocument => {
  const customer = before ?? { account: key, address: null, taxCountry: null, erasedAt: null }
  const { recordedAt } = event.metadata
  if (event.type === 'PersonErased') return { ...customer, address: null, erasedAt: recordedAt }
  const { address, taxCountry = null } = event.data
  const { id, createdAt } = customer.address ?? { id: hexId(event.id), createdAt: recordedAt }
  return { ...customer, address: { id, ...address, createdAt, modifiedAt: recordedAt }, taxCountry }
}

const addressOf = (address: JsonObject): SealedAddress => ({
  id: text(address, 'id'),
  personKey: text(address, 'personKey'),
  sealed: text(address, 'sealed'),
  createdAt: text(address, 'createdAt'),
  modifiedAt: text(address, 'modifiedAt'),
})

const document: Codec<CustomerDocument> = {
  // Named one by one: the bytes must not depend on how the document came about.
  encode: ({ account, address, taxCountry, erasedAt }) => ({
    account,
    ...(address !== null && {
      address: {
        id: address.id,
        personKey: address.personKey,
        sealed: address.sealed,
        createdAt: address.createdAt,
        modifiedAt: address.modifiedAt,
      },
    }),
    ...(taxCountry !== null && { taxCountry }),
    ...(erasedAt !== null && { erasedAt }),
  }),
  decode: (body) => ({
    account: text(body, 'account'),
    address: body.address === undefined ? null : addressOf(object(body, 'address')),
    taxCountry: textOrNull(body, 'taxCountry'),
    erasedAt: textOrNull(body, 'erasedAt'),
  }),
}

/** The view `customers`: a document for each account of which somebody has given his address, or was erased. */
export const customers: Projection<CustomerDocument, never, Handled> = {
  name: 'customers',
  version: 1,
  documents: 'customers',
  handles: ['CustomerChanged', 'PersonErased'],
  keys: ({ data }) => [data.account],
  evolve,
  document,
  ...rowless,
}
