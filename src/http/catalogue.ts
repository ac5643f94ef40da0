import { setImmediate } from 'node:timers/promises'
import { type ItemName, inRepo } from '../ledger/item.js'
import { type CatalogueEntry, catalogue, itemKey, listKey } from '../projections/catalogue.js'
import { RequestRefused } from './errors.js'
import type { Parts } from './parts.js'
import { bounds } from './rows.js'

/** `null`: there was never such an item. A retired one is there. */
export const findItem = async ({ views }: Pick<Parts, 'views'>, name: ItemName): Promise<CatalogueEntry | null> => {
  const record = await views.document(catalogue.name, itemKey(name))
  const found = record === null ? null : catalogue.document.decode(record.body)
  return found?.kind === 'list' ? null : found
}

/** The same; throws `RequestRefused` where there was never such an item. */
export const readItem = async (parts: Pick<Parts, 'views'>, name: ItemName): Promise<CatalogueEntry> => {
  const found = await findItem(parts, name)
  if (found === null) throw new RequestRefused('item_not_found', `There is no ${name.kind} ${name.id}.`)
  return found
}

export interface ItemQuery {
  /** A kind; of items of a repository with its id. */
  readonly list: ItemName['kind'] | { readonly repo: string }
  /** Where the page begins, as we gave it out. */
  readonly cursor: string | undefined
  readonly max: number
  readonly wanted: (entry: CatalogueEntry) => boolean
}

export interface ItemPage {
  readonly items: readonly CatalogueEntry[]
  /** The leaf at which the next page begins; `null`: there is none. */
  readonly next: number | null
}

/** Items read at a time, and for one page. */
const AT_ONCE = 500
const MAX_LOOKED_AT = 10_000

/** In order of first publication. A page may be short, even empty, and still have a next one. */
export const listItems = async (
  { views }: Pick<Parts, 'views'>,
  { list, cursor, max, wanted }: ItemQuery,
): Promise<ItemPage> => {
  const key = listKey(
    typeof list === 'object' ? { kind: 'repo-item', id: inRepo(list.repo, '') } : { kind: list, id: '' },
  )
  const items: CatalogueEntry[] = []
  let { from = 0 } = bounds(cursor, 'forwards')
  for (let seen = 0; seen < MAX_LOOKED_AT; seen += AT_ONCE) {
    const rows = await views.rows(catalogue.name, { key, from, direction: 'forwards', max: AT_ONCE })
    for (const { leaf, body } of rows) {
      from = leaf + 1
      const entry = catalogue.rowBody.decode(body)
      if (!wanted(entry)) continue
      if (items.length === max) return { items, next: leaf }
      items.push(entry)
    }
    if (rows.length < AT_ONCE) return { items, next: null }
    // An embedded view answers at once: without this a long list would hold up everyone.
    await setImmediate()
  }
  return { items, next: from }
}
