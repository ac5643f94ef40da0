import type { ItemName } from '../ledger/item.js'
import type { CatalogueEntry } from '../projections/catalogue.js'
import { findItem, type ItemQuery, listItems } from './catalogue.js'
import { RequestRefused } from './errors.js'
import { Fields } from './fields.js'
import type { Writable } from './json.js'
import type { Call } from './route.js'
import { nextLink } from './rows.js'
import { cursor, limit } from './schema.js'

/** Items in one reply. */
const MAX_ITEMS = 1_000

/** Of the query of a list. */
export const pages = { limit, cursor }

export type Show = (item: Fields, entry: CatalogueEntry) => Writable

export interface Listing extends Pick<ItemQuery, 'list'> {
  readonly path: string
  /** Besides that it is not retired. */
  readonly wanted?: (item: Fields) => boolean
  readonly show: Show
  /** What the link to the next page repeats. */
  readonly asked?: Readonly<Record<string, string>>
}

/** What is sold or shown now, with a link to the rest where there is too much for one reply. */
export const listOnSale = async (
  { parts, query }: Call,
  listing: Listing,
): Promise<{ items: Writable[]; link?: string }> => {
  const { wanted = () => true, show, path, asked = {} } = listing
  const { limit: max = String(MAX_ITEMS), cursor } = query.some('limit', 'cursor')
  const { items, next } = await listItems(parts, {
    list: listing.list,
    cursor,
    max: Number(max),
    wanted: ({ retired, data }) => !retired && wanted(new Fields(data)),
  })
  const shown = items.map((entry) => show(new Fields(entry.data), entry))
  return {
    items: shown,
    ...(next !== null && { link: nextLink(path, { ...asked, ...query.some('limit') }, next) }),
  }
}

/** What is retired is not there. Throws `RequestRefused`, with the code that a checkout has for it. */
export const findOnSale = async ({ parts }: Call, name: ItemName) => {
  const entry = await findItem(parts, name)
  if (entry === null || entry.retired) {
    const code = name.kind === 'plan' ? 'plan_not_found' : 'item_not_found'
    throw new RequestRefused(code, `There is no ${name.kind} ${name.id} now.`)
  }
  return { entry, item: new Fields(entry.data) }
}
