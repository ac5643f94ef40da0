import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { writeToken } from '../../../src/http/token.js'
import { stocked } from '../../support/facts.js'
import { bearer, createWorld } from '../world.js'

const asking = (facts: readonly Fact[]) => {
  const { app } = createWorld(facts)
  return async (url: string, authorization: string | null = bearer('carol')) =>
    app.inject({ url, headers: authorization === null ? {} : { authorization } })
}

const plan = (id: string, changes: Partial<DataOf<'PlanPublished'>> = {}): Fact => ({
  type: 'PlanPublished',
  data: {
    plan: id,
    itemVersion: 1,
    name: id,
    type: 'C',
    price: '20.00',
    currency: 'CNY',
    billPeriod: 'M',
    description: '1 CPU Core, 512M Memory',
    ...changes,
  },
})
const retired = (kind: DataOf<'CatalogueItemRetired'>['kind'], id: string, itemLeaf: number): Fact => ({
  type: 'CatalogueItemRetired',
  data: { kind, id, itemVersion: 1, itemLeaf },
})

t.test('the market shows plans to anyone, digit for digit, with times of the configured zone', async (t) => {
  const ask = asking([
    plan('a', { level: 'S', region: 'aws' }),
    plan('b', { price: '12345678901234567.89' }),
    plan('c', { price: '40.88' }),
    plan('c', { price: '41.00', itemVersion: 2, itemLeaf: 2 }),
  ])
  const reply = await ask('/payment/v1/market?region=aws&type=c', null)
  t.equal(reply.statusCode, 200)
  t.equal(reply.headers.link, undefined)
  const common = '"bill_period":"M","description":"1 CPU Core, 512M Memory"'
  t.equal(
    reply.body,
    `{"plans":[{"plan_id":"a","type":"C","price":20,"level":"S","name":"a",${common},` +
      '"creation_time":"2026-02-01T08:00:00+08:00"},' +
      `{"plan_id":"b","type":"C","price":12345678901234567.89,"name":"b",${common},` +
      '"creation_time":"2026-02-01T09:00:00+08:00"},' +
      `{"plan_id":"c","type":"C","price":41,"name":"c",${common},"creation_time":"2026-02-01T10:00:00+08:00"}]}`,
  )
})

t.test('the market is of one region and one type, or of all; a plan without a region is sold everywhere', async (t) => {
  const ask = asking([
    plan('everywhere'),
    plan('north', { region: 'north' }),
    plan('south', { region: 'south', type: 'Große' }),
    plan('gone'),
    retired('plan', 'gone', 3),
  ])
  const found = async (query: string) =>
    (await ask(`/payment/v1/market${query}`, null)).json().plans.map(({ plan_id }: { plan_id: string }) => plan_id)
  t.strictSame(await found(''), ['everywhere', 'north', 'south'])
  t.strictSame(await found('?region=north'), ['everywhere', 'north'])
  t.strictSame(await found('?region=moon'), ['everywhere'])
  t.strictSame(await found('?type=gROSSE'), [])
  t.strictSame(await found(`?type=${encodeURIComponent('GROßE')}`), ['south'])
  t.strictSame(await found('?type=c&region=south'), ['everywhere'])
  for (const query of ['?region=', '?type=', '?region=a%20b', '?type=a&type=b', '?level=S']) {
    const reply = await ask(`/payment/v1/market${query}`, null)
    t.match([reply.statusCode, reply.json().code], [400, 'invalid_request'], query)
  }
})

t.test('a market of thousands comes in parts, none of them cut silently', async (t) => {
  const many = Array.from({ length: 2_500 }, (_, n) => plan(`p${n}`, { type: n % 2 === 0 ? 'c' : 'D' }))
  const ask = asking(many)
  const pages = async (first: string) => {
    const sizes: number[] = []
    const seen = new Set<string>()
    let url: string | undefined = first
    while (url !== undefined) {
      const reply: Awaited<ReturnType<typeof ask>> = await ask(url, null)
      const { plans } = reply.json()
      sizes.push(plans.length)
      for (const { plan_id } of plans) seen.add(plan_id)
      url = /<([^>]+)>/.exec(String(reply.headers.link ?? ''))?.[1]
    }
    return [sizes, seen.size]
  }
  t.strictSame(await pages('/payment/v1/market'), [[1_000, 1_000, 500], 2_500])
  t.strictSame(await pages('/payment/v1/market?type=C&region=aws'), [[1_000, 250], 1_250])
  t.strictSame(await pages('/payment/v1/market?type=C&limit=700'), [[700, 550], 1_250])
})

t.test('regions are there for anyone', async (t) => {
  const region = (id: string, description: string): Fact => ({
    type: 'RegionPublished',
    data: { region: id, itemVersion: 1, description },
  })
  const ask = asking([
    region('cn-north-1', '铸造一区'),
    region('gone', '-'),
    retired('region', 'gone', 1),
    region('cn-north-2', '铸造二区'),
  ])
  t.equal(
    (await ask('/payment/v1/regions', null)).body,
    '[{"identification":"cn-north-1","region_describe":"铸造一区"},{"identification":"cn-north-2","region_describe":"铸造二区"}]',
  )
  t.match((await ask('/payment/v1/regions?limit=1', null)).headers.link, /^<\/payment\/v1\/regions\?limit=1&cursor=/)
})

const repo = { itemVersion: 1, class: 'Class A', label: 'Label 1', description: 'd', owner: 'o', imageUrl: 'i' }
const repos: readonly Fact[] = [
  { type: 'RepoPublished', data: { ...repo, repo: 'repo_aaa' } },
  { type: 'RepoPublished', data: { ...repo, repo: 'repo_bbb' } },
  ...['item_1', 'item_2'].map((item): Fact => {
    const attributes = [{ name: 'attr1', comment: 'c', example: 'a', order: 1 }]
    return {
      type: 'RepoItemPublished',
      data: { repo: 'repo_aaa', item, itemVersion: 1, url: 'www.example.com', owner: 'own', attributes },
    }
  }),
]

t.test('repositories, one of them, and an item of it', async (t) => {
  const changed: Fact = {
    type: 'RepoItemPublished',
    data: { repo: 'repo_aaa', item: 'item_1', itemVersion: 2, itemLeaf: 2, url: 'new', owner: 'own', attributes: [] },
  }
  const ask = asking([...repos, changed])
  const listed = { class: 'Class A', label: 'Label 1', description: 'd', image_url: 'i' }
  t.strictSame((await ask('/integration/v1/repos')).json(), [
    { repo_name: 'repo_aaa', ...listed },
    { repo_name: 'repo_bbb', ...listed },
  ])
  t.strictSame((await ask('/integration/v1/repos/repo_aaa')).json(), {
    repo_name: 'repo_aaa',
    description: 'd',
    owner: 'o',
    items: [
      { item_name: 'item_1', url: 'new' },
      { item_name: 'item_2', url: 'www.example.com' },
    ],
  })
  t.match((await ask('/integration/v1/repos/repo_aaa?limit=1')).headers.link, /^<\/integration\/v1\/repos\/repo_aaa\?/)
  t.strictSame((await ask('/integration/v1/repos/repo_bbb')).json().items, [])
  t.strictSame((await ask('/integration/v1/repos/repo_aaa/items/item_2')).json(), {
    item_name: 'item_2',
    url: 'www.example.com',
    update_at: '2026-02-01T03:00:00Z',
    owner: 'own',
    attrs: [{ attr_name: 'attr1', comment: 'c', example: 'a', order: 1 }],
  })
  t.match((await ask('/integration/v1/repos/repo_aaa/items/item_1')).json(), {
    update_at: '2026-02-01T04:00:00Z',
    attrs: [],
  })
})

t.test('what is not there, or not any more, is told so', async (t) => {
  const ask = asking([...repos, retired('repo-item', 'repo_aaa/item_1', 2), retired('repo', 'repo_bbb', 1)])
  for (const path of ['repo_ccc', 'repo_bbb', 'repo_aaa/items/item_1', 'repo_aaa/items/item_3', 'repo_bbb/items/x']) {
    const reply = await ask(`/integration/v1/repos/${path}`)
    t.match([reply.statusCode, reply.json().code], [404, 'item_not_found'], path)
  }
  t.match((await ask('/integration/v1/repos/repo_aaa')).json().items, [{ item_name: 'item_2' }])
  t.equal((await ask('/integration/v1/repos')).json().length, 1)
  const gone = asking([...repos, retired('repo', 'repo_aaa', 0)])
  t.equal((await gone('/integration/v1/repos/repo_aaa/items/item_1')).statusCode, 404, 'its repository is retired')
})

t.test('services, for whoever has a token', async (t) => {
  const ask = asking(stocked)
  t.strictSame((await ask('/integration/v1/services')).json(), [
    {
      service_id: 'db',
      class: '数据库',
      provider: 'p',
      service_name: 'Meteorological',
      description: 'd',
      image_url: 'i',
    },
  ])
  for (const path of ['services', 'repos', 'repos/maps', 'repos/maps/items/roads']) {
    t.equal((await ask(`/integration/v1/${path}`, null)).statusCode, 401)
    t.equal((await ask(`/integration/v1/${path}/`)).statusCode, 200)
  }
})

t.test('the market waits for the position that a client names, and for what lay in the log at the start', async (t) => {
  const world = createWorld([plan('a')])
  const ask = (headers: Readonly<Record<string, string>>) => world.app.inject({ url: '/payment/v1/market', headers })
  const behind = { 'ledger-min-position': writeToken('p1', 7) }
  t.equal((await ask(behind)).statusCode, 200)
  world.visible = false
  t.equal((await ask(behind)).statusCode, 503)
  t.equal((await world.app.inject('/health')).statusCode, 200)
  const started = createWorld([plan('a')], { from: 3 })
  started.visible = false
  t.equal((await started.app.inject('/payment/v1/regions')).statusCode, 503)
})
