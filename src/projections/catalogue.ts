import type { At, Codec, EventOf, Projection } from '../follower/projection.js'
import { ofCatalogue } from '../ledger/facts.js'
import { type ItemName, inRepo } from '../ledger/item.js'
import type { JsonObject } from '../views/port.js'
import { integer, object, oneOf, text } from './body.js'

/** The newest version of an item, retired or not. */
export interface CatalogueEntry extends ItemName {
  /** Of its first publication: its place in the list. */
  readonly leaf: number
  readonly retired: boolean
  /** When it was first published, and when its newest version was. */
  readonly publishedAt: string
  readonly changedAt: string
  /** Of the event that published the newest version. */
  readonly data: JsonObject
}

/** All items of a kind, or of a repository: its rows are the items, in order of first publication. */
export interface CatalogueList {
  readonly kind: 'list'
  /** Ever published. */
  readonly items: number
}

export type CatalogueDocument = CatalogueEntry | CatalogueList

type Handled = EventOf<(typeof ofCatalogue)[number]>

/** The key of an item's document. */
export const itemKey = ({ kind, id }: ItemName): string => `${kind}/${id}`

/** The key of the list that an item stands in: that of its kind, or of its repository. */
export const listKey = (name: ItemName): string => {
  const key = itemKey(name)
  return key.slice(0, key.lastIndexOf('/'))
}

const nameOf = ({ data }: Handled): ItemName => {
  if ('kind' in data) return data
  if ('plan' in data) return { kind: 'plan', id: data.plan }
  if ('region' in data) return { kind: 'region', id: data.region }
  if ('promocode' in data) return { kind: 'promocode', id: data.promocode }
  if ('addon' in data) return { kind: 'addon', id: data.addon }
  if ('item' in data) return { kind: 'repo-item', id: inRepo(data.repo, data.item) }
  if ('repo' in data) return { kind: 'repo', id: data.repo }
  return { kind: 'service', id: data.service }
}

const keys = (event: Handled): readonly string[] => {
  const name = nameOf(event)
  return event.data.itemLeaf === undefined ? [itemKey(name), listKey(name)] : [itemKey(name)]
}

const begun = (event: Handled, leaf: number): CatalogueEntry => {
  const { kind, id } = nameOf(event)
  const { recordedAt } = event.metadata
  return { kind, id, leaf, retired: false, publishedAt: recordedAt, changedAt: recordedAt, data: {} }
}

/** What an event makes of an item. One that is not known begins with it: folds refuse nothing. */
const changed = (before: CatalogueEntry | undefined, event: Handled, leaf: number): CatalogueEntry => {
  const entry = before ?? begun(event, event.data.itemLeaf ?? leaf)
  if (event.type === 'CatalogueItemRetired') return { ...entry, retired: true }
  return { ...entry, retired: false, changedAt: event.metadata.recordedAt, data: event.data }
}

const evolve = (before: CatalogueDocument | undefined, event: Handled, { key, leaf }: At): CatalogueDocument => {
  if (before?.kind === 'list') return { kind: 'list', items: before.items + 1 }
  return key === itemKey(nameOf(event)) ? changed(before, event, leaf) : { kind: 'list', items: 1 }
}

const encode = ({ kind, id, leaf, retired, publishedAt, changedAt, data }: CatalogueEntry): JsonObject => ({
  kind,
  id,
  leaf,
  retired,
  publishedAt,
  changedAt,
  data,
})

const KINDS = ['plan', 'region', 'promocode', 'addon', 'repo', 'repo-item', 'service'] as const

const decode = (body: JsonObject): CatalogueEntry => ({
  kind: oneOf(body, 'kind', KINDS),
  id: text(body, 'id'),
  leaf: integer(body, 'leaf'),
  retired: body.retired === true,
  publishedAt: text(body, 'publishedAt'),
  changedAt: text(body, 'changedAt'),
  data: object(body, 'data'),
})

const documentCodec: Codec<CatalogueDocument> = {
  encode: (document) => (document.kind === 'list' ? { ...document } : encode(document)),
  decode: (body) => (body.kind === 'list' ? { kind: 'list', items: integer(body, 'items') } : decode(body)),
}

/** What is sold and shown: items by kind and id, and the list of each kind and of each repository. */
export const catalogue: Projection<CatalogueDocument, CatalogueEntry, Handled> = {
  name: 'catalogue',
  version: 1,
  documents: 'catalogue',
  rows: 'catalogue-lists',
  handles: ofCatalogue,
  indexes: [],
  keys,
  evolve,
  row: (document, event, { leaf }) => (document.kind === 'list' ? changed(undefined, event, leaf) : undefined),
  rowKeys: (event) => {
    const { itemLeaf } = event.data
    return itemLeaf === undefined ? [] : [{ key: listKey(nameOf(event)), leaf: itemLeaf }]
  },
  evolveRow: (row, event, { leaf }) => changed(row, event, leaf),
  document: documentCodec,
  rowBody: { encode, decode },
}
