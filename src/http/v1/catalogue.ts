import type { ItemKind } from '../../ledger/document.js'
import { type ItemName, inRepo } from '../../ledger/item.js'
import type { CatalogueEntry } from '../../projections/catalogue.js'
import { listItems, readItem } from '../catalogue.js'
import { type ItemIds, itemOf, itemShapes } from '../catalogue-body.js'
import type { Fields } from '../fields.js'
import { type Writable, writeJson } from '../json.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { nextLink } from '../rows.js'
import { named, whole } from '../schema.js'
import { writeToken } from '../token.js'
import { itemEventReply } from './reply.js'
import { cursor, fields, limit } from './schemas.js'

/** Where the items of a kind are found. */
export interface Shelf {
  readonly kind: ItemKind
  /** What its items are called in a path, a list and a file. */
  readonly plural: string
  /** The name of an item's id. */
  readonly id: string
  readonly url: string
}

const shelf = (kind: ItemKind, plural: string): Shelf => ({ kind, plural, id: kind, url: `/v1/catalogue/${plural}` })

/** In the order in which they may be published: what an item names comes before it. */
export const shelves: readonly Shelf[] = [
  shelf('region', 'regions'),
  shelf('plan', 'plans'),
  shelf('promocode', 'promocodes'),
  shelf('addon', 'addons'),
  shelf('repo', 'repos'),
  { kind: 'repo-item', plural: 'items', id: 'item', url: '/v1/catalogue/repos/:repo/items' },
  shelf('service', 'services'),
]

/** An item has at most this many bytes. */
const BODY_LIMIT = 256 * 1024
const DEFAULT_LIMIT = '100'

const expectedVersion = whole(1, 1_000_000)

/** Whether a repository is named by the path. */
const within = ({ kind }: Shelf) => (kind === 'repo-item' ? { repo: named } : {})

const idsOf = ({ kind }: Shelf, params: Fields, id: string): ItemIds => ({
  id,
  repo: kind === 'repo-item' ? params.name('repo') : '',
})

const nameOf = (shelf: Shelf, params: Fields): ItemName => {
  const { id, repo } = idsOf(shelf, params, params.name(shelf.id))
  return { kind: shelf.kind, id: shelf.kind === 'repo-item' ? inRepo(repo, id) : id }
}

const expected = (body: Fields) =>
  body.has('expectedVersion') ? { expectedVersion: body.whole('expectedVersion') } : {}

const publishing = (shelf: Shelf): CommandRoute => {
  const { required, optional } = itemShapes[shelf.kind]
  return {
    kind: 'command',
    method: 'POST',
    url: shelf.url,
    bodyLimit: BODY_LIMIT,
    params: fields(within(shelf)),
    body: fields({ [shelf.id]: named, ...required }, optional),
    commands: ['publish-item'],
    status: 201,
    toIntent: ({ params, body }) =>
      intent('publish-item', { item: itemOf(shelf.kind, idsOf(shelf, params, body.name(shelf.id)), body) }),
    toReply: itemEventReply,
  }
}

const changing = (shelf: Shelf): CommandRoute => {
  const { required, optional } = itemShapes[shelf.kind]
  return {
    kind: 'command',
    method: 'PUT',
    url: `${shelf.url}/:${shelf.id}`,
    bodyLimit: BODY_LIMIT,
    params: fields({ ...within(shelf), [shelf.id]: named }),
    body: fields(required, { ...optional, expectedVersion }),
    commands: ['change-item'],
    status: 200,
    toIntent: ({ params, body }) =>
      intent('change-item', {
        item: itemOf(shelf.kind, idsOf(shelf, params, params.name(shelf.id)), body),
        ...expected(body),
      }),
    toReply: itemEventReply,
  }
}

const retiring = (shelf: Shelf): CommandRoute => ({
  kind: 'command',
  method: 'POST',
  url: `${shelf.url}/:${shelf.id}/retire`,
  params: fields({ ...within(shelf), [shelf.id]: named }),
  body: fields({}, { expectedVersion }),
  commands: ['retire-item'],
  status: 200,
  toIntent: ({ params, body }) => intent('retire-item', { ...nameOf(shelf, params), ...expected(body) }),
  toReply: itemEventReply,
})

/** The event of the newest version, flat, and what later events say of the item. */
const shown = ({ data, leaf, retired, publishedAt, changedAt }: CatalogueEntry): Writable => {
  const { itemLeaf: _, ...item } = data
  return { ...item, retired, publishedAt, changedAt, leaf }
}

const reading = (shelf: Shelf): ReadRoute => ({
  kind: 'read',
  method: 'GET',
  url: `${shelf.url}/:${shelf.id}`,
  params: fields({ ...within(shelf), [shelf.id]: named }),
  read: async ({ parts, params }) => ({
    status: 200,
    body: writeJson(shown(await readItem(parts, nameOf(shelf, params)))),
  }),
})

const list = async (shelf: Shelf, { parts, params, query }: Call): Promise<Answer> => {
  const repo = shelf.kind === 'repo-item' ? params.name('repo') : null
  if (repo !== null) await readItem(parts, { kind: 'repo', id: repo })
  const { cursor, limit = DEFAULT_LIMIT, retired } = query.some('cursor', 'limit', 'retired')
  const { items, next } = await listItems(parts, {
    list: repo === null ? shelf.kind : { repo },
    cursor,
    max: Number(limit),
    wanted: (entry) => retired === 'true' || !entry.retired,
  })
  const body = writeJson({
    [shelf.plural]: items.map(shown),
    next: next === null ? null : writeToken('c1', next),
  })
  if (next === null) return { status: 200, body }
  const path = shelf.url.replace(':repo', encodeURIComponent(repo ?? ''))
  return { status: 200, body, link: nextLink(path, query.some('limit', 'retired'), next) }
}

const listing = (shelf: Shelf): ReadRoute => ({
  kind: 'read',
  method: 'GET',
  url: shelf.url,
  params: fields(within(shelf)),
  query: fields({}, { limit, cursor, retired: { enum: ['true', 'false'] } }),
  read: (call) => list(shelf, call),
})

/** What is sold and shown. An admin publishes, changes and retires; whoever has a token reads. */
export const catalogueRoutes: readonly Route[] = shelves.flatMap((shelf) => [
  publishing(shelf),
  listing(shelf),
  reading(shelf),
  changing(shelf),
  retiring(shelf),
])
