import { inRepo } from '../../ledger/item.js'
import { Fields } from '../fields.js'
import { numberOf, type Writable, writeJson } from '../json.js'
import { findOnSale, type Listing, listOnSale, pages, type Show } from '../on-sale.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { fields, named } from '../schema.js'
import { createTimeIn, utc } from './time.js'

const bare = async (call: Call, listing: Listing): Promise<Answer> => {
  const { items, ...rest } = await listOnSale(call, listing)
  return { status: 200, body: writeJson(items), ...rest }
}

const planOf =
  (timeIn: (instant: string) => string): Show =>
  (plan, { publishedAt }) => ({
    plan_id: plan.text('plan'),
    type: plan.text('type'),
    price: numberOf(plan.text('price')),
    ...plan.some('level', 'name'),
    bill_period: plan.text('billPeriod'),
    description: plan.text('description'),
    creation_time: timeIn(publishedAt),
  })

/** A plan without a region is sold everywhere; types are the same in upper and lower case. */
const sold = ({ region, type }: { readonly region?: string; readonly type?: string }) => {
  const wanted = type?.toLowerCase()
  return (plan: Fields): boolean =>
    (region === undefined || !plan.has('region') || plan.text('region') === region) &&
    (wanted === undefined || plan.text('type').toLowerCase() === wanted)
}

const word = { type: 'string', minLength: 1, maxLength: 256 } as const

const market: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/market',
  open: true,
  query: fields({}, { region: named, type: word, ...pages }),
  read: async (call) => {
    const asked = { ...(call.query.has('region') && { region: call.query.name('region') }), ...call.query.some('type') }
    const { items, ...rest } = await listOnSale(call, {
      list: 'plan',
      path: '/payment/v1/market',
      wanted: sold(asked),
      show: planOf(createTimeIn(call.parts.timeZone)),
      asked,
    })
    return { status: 200, body: writeJson({ plans: items }), ...rest }
  },
}

const regions: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/regions',
  open: true,
  query: fields({}, pages),
  read: (call) =>
    bare(call, {
      list: 'region',
      path: '/payment/v1/regions',
      show: (region) => ({ identification: region.text('region'), region_describe: region.text('description') }),
    }),
}

const repos: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/integration/v1/repos',
  query: fields({}, pages),
  read: (call) =>
    bare(call, {
      list: 'repo',
      path: '/integration/v1/repos',
      show: (repo) => ({
        repo_name: repo.text('repo'),
        class: repo.text('class'),
        label: repo.text('label'),
        description: repo.text('description'),
        image_url: repo.text('imageUrl'),
      }),
    }),
}

const repo: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/integration/v1/repos/:repo',
  params: fields({ repo: named }),
  query: fields({}, pages),
  read: async (call) => {
    const id = call.params.name('repo')
    const { item } = await findOnSale(call, { kind: 'repo', id })
    const { items, ...rest } = await listOnSale(call, {
      list: { repo: id },
      path: `/integration/v1/repos/${encodeURIComponent(id)}`,
      show: (one) => ({ item_name: one.text('item'), url: one.text('url') }),
    })
    const { description, owner } = { description: item.text('description'), owner: item.text('owner') }
    return { status: 200, body: writeJson({ repo_name: id, description, owner, items }), ...rest }
  },
}

const attributeOf = (value: unknown): Writable => {
  const attribute = new Fields(value)
  return {
    attr_name: attribute.text('name'),
    comment: attribute.text('comment'),
    example: attribute.text('example'),
    order: Number(attribute.raw('order')),
  }
}

/** Of a repository that is shown. */
const repoItem: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/integration/v1/repos/:repo/items/:item',
  params: fields({ repo: named, item: named }),
  read: async (call) => {
    const repo = call.params.name('repo')
    await findOnSale(call, { kind: 'repo', id: repo })
    const { item, entry } = await findOnSale(call, { kind: 'repo-item', id: inRepo(repo, call.params.name('item')) })
    const body = writeJson({
      item_name: item.text('item'),
      url: item.text('url'),
      update_at: utc(entry.changedAt),
      owner: item.text('owner'),
      attrs: item.list('attributes').map(attributeOf),
    })
    return { status: 200, body }
  },
}

const services: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/integration/v1/services',
  query: fields({}, pages),
  read: (call) =>
    bare(call, {
      list: 'service',
      path: '/integration/v1/services',
      show: (service) => ({
        service_id: service.text('service'),
        class: service.text('class'),
        provider: service.text('provider'),
        service_name: service.text('name'),
        description: service.text('description'),
        image_url: service.text('imageUrl'),
      }),
    }),
}

/** What is sold and shown, as seed 000 has it. What anyone may see who looks for something to buy needs no token. */
export const catalogueRoutes: readonly ReadRoute[] = [market, regions, repos, repo, repoItem, services]
