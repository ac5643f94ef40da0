import type { CatalogueEntry } from '../../projections/catalogue.js'
import { Fields } from '../fields.js'
import type { Writable } from '../json.js'
import { findOnSale, listOnSale, pages } from '../on-sale.js'
import type { ReadRoute } from '../route.js'
import { fields, named } from '../schema.js'
import { withData } from './reply.js'
import { epochSeconds } from './time.js'

/** What plans and add-ons show alike. A quota that was never named is none: `0`. */
export const itemOf = ({ id, publishedAt, changedAt, data }: CatalogueEntry) => {
  const item = new Fields(data)
  const {
    sms = '0',
    email = '0',
    notification = '0',
    storage = '0',
  } = new Fields(item.raw('quotas')).some('sms', 'email', 'notification', 'storage')
  return {
    _id: id,
    createdAt: epochSeconds(publishedAt),
    modifiedAt: epochSeconds(changedAt),
    sms,
    email,
    notification,
    storage,
    name: item.text('name'),
    price: item.text('price'),
  }
}

interface Shelf {
  readonly kind: 'plan' | 'addon'
  /** Anyone may look, without a token. */
  readonly open?: true
  readonly show: (entry: CatalogueEntry) => Writable
}

/** All of a kind that are on sale, and one of them by its id. */
export const shelfRoutes = ({ kind, show, ...open }: Shelf): readonly ReadRoute[] => [
  {
    kind: 'read',
    method: 'GET',
    url: `/payment/${kind}`,
    ...open,
    query: fields({}, pages),
    read: async (call) => {
      const path = `/payment/${kind}/`
      const { items, ...rest } = await listOnSale(call, { list: kind, path, show: (_, entry) => show(entry) })
      return { status: 200, body: withData(items), ...rest }
    },
  },
  {
    kind: 'read',
    method: 'GET',
    url: `/payment/${kind}/:id`,
    ...open,
    params: fields({ id: named }),
    read: async (call) => {
      const { entry } = await findOnSale(call, { kind, id: call.params.name('id') })
      return { status: 200, body: withData(show(entry)) }
    },
  },
]
