import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { readItem } from '../../../src/http/catalogue.js'
import { catalogue } from '../../../src/projections/catalogue.js'
import type { ViewReader } from '../../../src/views/port.js'
import { stocked } from '../../support/facts.js'
import { admin, bearer, createWorld, logOf, viewsOf } from '../world.js'

const headers = { authorization: admin(), 'content-type': 'application/json' }

const region = (id: string, itemVersion = 1, itemLeaf?: number): Fact => ({
  type: 'RegionPublished',
  data: { region: id, itemVersion, description: `${id} ${itemVersion}`, ...(itemLeaf !== undefined && { itemLeaf }) },
})
const retired = (kind: DataOf<'CatalogueItemRetired'>['kind'], id: string, itemLeaf: number): Fact => ({
  type: 'CatalogueItemRetired',
  data: { kind, id, itemVersion: 1, itemLeaf },
})

t.test('what is asked of the write side is what the request says, of every kind', async (t) => {
  const { app, asked } = createWorld()
  const send = async (method: 'POST' | 'PUT', url: string, payload: object) => {
    const reply = await app.inject({ method, url: `/v1/catalogue/${url}`, headers, payload })
    return [reply.statusCode, asked[0]?.name, asked.splice(0)[0]?.input]
  }
  const bare = { name: 'Pro', type: 'C', price: '40.880', billPeriod: 'M' }
  t.strictSame(await send('POST', 'plans', { plan: 'pro', ...bare }), [
    201,
    'publish-item',
    { item: { kind: 'plan', data: { plan: 'pro', ...bare } } },
  ])
  const full = { ...bare, level: 'S', currency: 'CNY', region: 'north', description: 'd', quotas: { sms: '1' } }
  t.strictSame(await send('PUT', 'plans/pro', { ...full, expectedVersion: 3 }), [
    200,
    'change-item',
    { item: { kind: 'plan', data: { plan: 'pro', ...full } }, expectedVersion: 3 },
  ])
  const code = { name: 'n', type: 'fixed', value: '5', currency: 'CNY', periods: 12 }
  const limits = { plans: ['pro', 'e\u0301'], grants: 9, expiresAt: '2027-01-01T00:00:00.000Z', remark: 'r' }
  t.strictSame((await send('PUT', 'promocodes/five', { ...code, ...limits }))[2], {
    item: { kind: 'promocode', data: { promocode: 'five', ...code, ...limits, plans: ['pro', 'é'] } },
  })
  t.strictSame((await send('POST', 'promocodes', { promocode: 'p', ...code, type: 'percent' }))[2], {
    item: { kind: 'promocode', data: { promocode: 'p', ...code, type: 'percent' } },
  })
  const item = { url: 'u', attributes: [{ name: 'a', order: 2 }] }
  t.strictSame((await send('POST', 'repos/maps/items', { item: 'roads', ...item }))[2], {
    item: {
      kind: 'repo-item',
      data: { repo: 'maps', item: 'roads', url: 'u', attributes: [{ name: 'a', order: 2 }] },
    },
  })
  t.strictSame(await send('PUT', 'repos/maps/items/roads', { url: 'u', owner: 'o' }), [
    200,
    'change-item',
    { item: { kind: 'repo-item', data: { repo: 'maps', item: 'roads', url: 'u', owner: 'o' } } },
  ])
  t.strictSame(await send('POST', 'repos/maps/items/roads/retire', { expectedVersion: 2 }), [
    200,
    'retire-item',
    { kind: 'repo-item', id: 'maps/roads', expectedVersion: 2 },
  ])
  t.strictSame((await send('POST', 'services/db/retire', {}))[2], { kind: 'service', id: 'db' })
})

t.test('a write replies its event, beside which an item keeps a type of its own', async (t) => {
  const world = createWorld()
  const [event] = logOf(stocked).filter(({ type }) => type === 'PlanPublished')
  if (event === undefined) throw new Error('no plan')
  world.outcomes.push({ kind: 'done', event, replayed: false, standing: null })
  const payload = { plan: 'pro', name: 'Pro', type: 'C', price: '40.88', billPeriod: 'M' }
  const reply = await world.app.inject({ method: 'POST', url: '/v1/catalogue/plans', headers, payload })
  const { recordedAt } = event.metadata
  t.strictSame(reply.json(), { event: 'PlanPublished', leaf: 1, recordedAt, ...event.data })
})

t.test('a description may have several lines, anything else one', async (t) => {
  const { app } = createWorld()
  const send = async (fields: Readonly<Record<string, string>>) => {
    const payload = { class: 'c', label: 'l', ...fields }
    return (await app.inject({ method: 'PUT', url: '/v1/catalogue/repos/maps', headers, payload })).json()
  }
  t.equal((await send({ description: 'Maps:\n\troads\r\n\trivers' })).code, undefined)
  const control = 'without control characters but tabs and line breaks, not blanks alone, up to the documented length'
  for (const description of ['a\rb', 'a\u0000', ' \n'])
    t.match(await send({ description }), {
      code: 'invalid_request',
      detail: `body/description: text was expected: ${control}`,
    })
  for (const field of ['class', 'owner', 'imageUrl'])
    t.match(await send({ [field]: 'two\nlines' }), {
      code: 'invalid_request',
      detail: `body/${field}: text was expected: one line without control characters, not blanks alone, up to the documented length`,
    })
})

t.test('a body may be large, as the attributes of an item are, but not without bounds', async (t) => {
  const { app } = createWorld()
  const attributes = (count: number, length: number) =>
    Array.from({ length: count }, (_, order) => ({ name: `a${order}`, comment: 'c'.repeat(length), order }))
  const send = (count: number, length: number) =>
    app.inject({
      method: 'PUT',
      url: '/v1/catalogue/repos/maps/items/roads',
      headers,
      payload: { url: 'u', attributes: attributes(count, length) },
    })
  t.equal((await send(200, 1_000)).statusCode, 200)
  t.equal((await send(201, 1)).json().code, 'invalid_request')
  t.equal((await send(200, 4_096)).json().code, 'body_too_large')
})

t.test('one item shows its newest version, and what became of it, to whoever has a token', async (t) => {
  const facts = [region('a'), region('a', 2, 0), retired('region', 'a', 0), ...stocked]
  const { app } = createWorld(facts)
  const get = (url: string) => app.inject({ url: `/v1/catalogue/${url}`, headers: { authorization: bearer('carol') } })
  t.strictSame((await get('regions/a')).json(), {
    region: 'a',
    itemVersion: 2,
    description: 'a 2',
    retired: true,
    publishedAt: '2026-02-01T00:00:00.000Z',
    changedAt: '2026-02-01T01:00:00.000Z',
    leaf: 0,
  })
  t.match((await get('repos/maps/items/roads')).json(), { repo: 'maps', item: 'roads', itemVersion: 1, leaf: 8 })
  for (const url of ['regions/b', 'plans/a', 'repos/maps/items/rivers', 'repos/none/items/roads', 'repos/none/items']) {
    const reply = await get(url)
    t.match([reply.statusCode, reply.json().code], [404, 'item_not_found'], url)
  }
})

t.test(
  'a list comes in pages, in order of first publication; what is retired only where it is asked for',
  async (t) => {
    const facts = ['a', 'b', 'c', 'd', 'e'].map((id) => region(id))
    const { app } = createWorld([...facts, retired('region', 'b', 1), region('a', 2, 0), retired('region', 'e', 4)])
    const walk = async (first: string) => {
      const seen: string[] = []
      let url: string | undefined = `/v1/catalogue/regions${first}`
      while (url !== undefined) {
        const reply: Awaited<ReturnType<typeof app.inject>> = await app.inject({ url, headers })
        const { regions, next } = reply.json()
        seen.push(regions.map(({ description }: { description: string }) => description).join(' '))
        url = /<([^>]+)>/.exec(String(reply.headers.link ?? ''))?.[1]
        t.ok(next === null ? url === undefined : url?.includes(next))
      }
      return seen
    }
    t.strictSame(await walk(''), ['a 2 c 1 d 1'])
    t.strictSame(await walk('?limit=2'), ['a 2 c 1', 'd 1'])
    t.strictSame(await walk('?limit=2&retired=true'), ['a 2 b 1', 'c 1 d 1', 'e 1'])
    t.strictSame(await walk('?limit=3&retired=false'), ['a 2 c 1 d 1'])
    for (const query of ['?limit=0', '?retired=yes', '?cursor=x', '?kind=plan']) {
      t.equal((await app.inject({ url: `/v1/catalogue/regions${query}`, headers })).statusCode, 400, query)
    }
  },
)

t.test('the items of a repository are a list of their own', async (t) => {
  const item = (repo: string, name: string): Fact => ({
    type: 'RepoItemPublished',
    data: { repo, item: name, itemVersion: 1, url: 'u', owner: '', attributes: [] },
  })
  const repo = (id: string): Fact => ({
    type: 'RepoPublished',
    data: { repo: id, itemVersion: 1, class: 'c', label: 'l', description: '', owner: '', imageUrl: '' },
  })
  const { app } = createWorld([repo('a b'), repo('b'), item('a b', '1'), item('b', '1'), item('a b', '2')])
  const first = await app.inject({ url: '/v1/catalogue/repos/a%20b/items', headers })
  t.equal(first.statusCode, 400, 'no such name')
  const world = createWorld([repo('é'), repo('b'), item('é', '1'), item('b', '1'), item('é', '2')])
  const page = await world.app.inject({ url: '/v1/catalogue/repos/%C3%A9/items?limit=1', headers })
  t.match(page.json().items, [{ repo: 'é', item: '1' }])
  const url = /<([^>]+)>/.exec(String(page.headers.link))?.[1] ?? ''
  t.match(url, /^\/v1\/catalogue\/repos\/%C3%A9\/items\?limit=1&cursor=/)
  t.match((await world.app.inject({ url, headers })).json(), { items: [{ item: '2' }], next: null })
})

t.test('a long list of what nobody wants is left in the middle, with a link to go on', async (t) => {
  const [row] = await viewsOf(logOf([region('a')])).rows('catalogue', { key: 'region', direction: 'forwards', max: 1 })
  if (row === undefined) throw new Error('no row')
  const gone = { ...row.body, retired: true }
  const last = 25_000
  let most = 0
  const rows: ViewReader['rows'] = async (_, { from = 0, max }) => {
    most = Math.max(most, max)
    return Array.from({ length: Math.max(0, Math.min(max, last - from)) }, (_, index) => {
      const leaf = from + index
      return { ...row, leaf, body: { ...(leaf === last - 1 ? row.body : gone), leaf } }
    })
  }
  const { app } = createWorld([], { views: { ...viewsOf([]), rows } })
  const found: number[] = []
  let url: string | undefined = '/v1/catalogue/regions'
  while (url !== undefined) {
    const reply: Awaited<ReturnType<typeof app.inject>> = await app.inject({ url, headers })
    found.push(reply.json().regions.length)
    url = /<([^>]+)>/.exec(String(reply.headers.link ?? ''))?.[1]
  }
  t.strictSame(found, [0, 0, 1])
  t.ok(most <= 500, 'a page is read in small parts')
})

t.test('a list is no item', async (t) => {
  const views = viewsOf(logOf(stocked))
  t.not(await views.document(catalogue.name, 'repo-item/maps'), null)
  await t.rejects(readItem({ views }, { kind: 'repo-item', id: 'maps' }), { code: 'item_not_found' })
})
