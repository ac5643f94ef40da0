import type { DocumentOf, ItemKind, Published } from './document.js'

/** An item of the catalogue as it is published: the event, but for its version. */
export type ItemData<Kind extends ItemKind> = Omit<Published[Kind], 'itemVersion' | 'itemLeaf'>

type Loose<Data, Name extends PropertyKey> = Omit<Data, Name> & Partial<Pick<Data, Name & keyof Data>>

/** Of an item of a repository. */
export type WrittenAttribute = Loose<ItemData<'repo-item'>['attributes'][number], 'comment' | 'example'>

/** What an admin may leave out: a currency is then the configured one, a text blank, a list empty. */
interface Written {
  plan: Loose<ItemData<'plan'>, 'currency' | 'description'>
  region: ItemData<'region'>
  promocode: ItemData<'promocode'>
  addon: Loose<ItemData<'addon'>, 'currency'>
  repo: Loose<ItemData<'repo'>, 'description' | 'owner' | 'imageUrl'>
  'repo-item': Loose<Omit<ItemData<'repo-item'>, 'attributes'>, 'owner'> & {
    readonly attributes?: readonly WrittenAttribute[]
  }
  service: Loose<ItemData<'service'>, 'description' | 'imageUrl'>
}

/** An item as an admin writes it: money as decimal text, ids as they are stored. */
export type WrittenItem = {
  [Kind in ItemKind]: { readonly kind: Kind; readonly data: Written[Kind] }
}[ItemKind]

/** An item that may be published, with its id and the items that it names. */
export type CompleteItem = {
  [Kind in ItemKind]: {
    readonly kind: Kind
    readonly id: string
    readonly data: ItemData<Kind>
    readonly names: readonly ItemName[]
  }
}[ItemKind]

export interface ItemName {
  readonly kind: ItemKind
  readonly id: string
}

/** What a rule on the catalogue reads. */
export interface CatalogueState {
  /** Of prices that name none. */
  readonly currency: string
  document<Kind extends ItemKind>(kind: Kind, id: string): DocumentOf<Kind> | undefined
}

/** The id of an item of a repository. */
export const inRepo = (repo: string, item: string): string => `${repo}/${item}`
