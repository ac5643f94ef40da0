import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { AnyProjection } from '../../src/follower/projection.js'
import { createProjector } from '../../src/follower/projector.js'
import type { Sleep } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import { compare } from '../../src/reports/compare.js'
import { rebuild, rebuildEach } from '../../src/reports/rebuild.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import type { JsonObject, ViewBuild } from '../../src/views/port.js'
import { Script, uuid } from '../contract/events.js'
import { decode, TestLog, until } from '../follower/log.js'

const sleep: Sleep = (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined)

const events = (trades: number) => {
  const script = new Script()
  for (const owner of ['ann', 'bob'])
    script.add(owner, { type: 'AccountOpened', data: { owner, currency: 'USD', creditLimit: '0.00' } })
  for (let i = 0; i < trades; i++) {
    const data = { order: uuid(i), buyer: 'ann', seller: 'bob', amount: '1.00', currency: 'USD' }
    script.add('ann', { type: 'Traded', data })
  }
  return script.events
}

const other: AnyProjection = { ...ledger, name: 'other', documents: 'other-balances', rows: 'other-amounts' }

const running = async (trades: number, projections: readonly AnyProjection[] = [ledger]) => {
  const log = new TestLog().push(events(trades))
  const views = createMemoryViewStore()
  const seen: number[] = []
  const onCheckpoint = (_: string, leaf: number) => seen.push(leaf)
  const parts = { log, decode, views, sleep, lazy: () => false }
  const projector = createProjector({
    ...parts,
    projections,
    consumers: [],
    onCheckpoint,
    holder: null,
    now: () => 0,
  })
  const stop = new AbortController()
  const done = projector.run(stop.signal)
  await until(() => seen.length === projections.length)
  const end = async () => {
    stop.abort()
    await done
  }
  const told: [number, number][] = []
  const options = { ...parts, projection: ledger, projector, progress: (n: number, of: number) => told.push([n, of]) }
  return { log, views, seen, options, told, end }
}

t.test('a healthy system is rebuilt to the same bytes, and goes on with the new build', async (t) => {
  const { log, views, seen, options, told, end } = await running(3)
  const rebuilt = await rebuild({ ...options, signal: new AbortController().signal })
  t.same(rebuilt, {
    projection: 'ledger',
    build: '4.2',
    events: 5,
    compared: 10,
    moved: 0,
    different: 0,
    differences: [],
  })
  t.same(told, [[5, 5]])
  t.equal(await views.liveBuild('ledger'), '4.2')
  log.push(events(4).slice(5))
  await until(() => seen.at(-1) === 5)
  t.match(await views.reader.document('ledger', 'bob'), { at: 5, body: { actual: '4.00' } })
  await end()
})

t.test('what was wrong in the old build is reported', async (t) => {
  const { views, options, end } = await running(3)
  const live = await views.openBuild({ ...ledger, projection: 'ledger' }, '4.1')
  await live.commit({ rows: [{ key: 'zed', leaf: 1, at: 1, body: { made: 'up' } }], documents: [] })
  const { different, differences } = await rebuild({ ...options, signal: new AbortController().signal })
  t.equal(different, 1)
  t.same(differences, [{ view: 'rows', key: 'zed', leaf: 1, before: '{"made":"up"}', after: null }])
  await end()
})

t.test('a cancelled rebuild leaves nothing behind', async (t) => {
  const { views, options, end } = await running(3)
  const cancel = new AbortController()
  const progress = () => cancel.abort()
  await t.rejects(rebuild({ ...options, progress, signal: cancel.signal }), { name: 'AbortError' })
  t.same(await views.builds('ledger'), ['4.1'])
  t.equal(await views.liveBuild('ledger'), '4.1')
  await end()
})

t.test('a view that was never there is built', async (t) => {
  const { views, options, end } = await running(3)
  const liveBuild = async (name: string) => ((await views.builds(name)).length < 2 ? null : views.liveBuild(name))
  const rebuilt = await rebuild({ ...options, views: { ...views, liveBuild }, signal: new AbortController().signal })
  t.match(rebuilt, { compared: 0, different: 0 })
  await end()
})

t.test('several are made one after another; their progress is that of the whole', async (t) => {
  const { options, told, end } = await running(3, [ledger, other])
  const { projection: _, ...rest } = options
  const results = await rebuildEach([ledger, other], { ...rest, signal: new AbortController().signal })
  t.match(results, [
    { projection: 'ledger', build: '4.2', events: 5, different: 0 },
    { projection: 'other', build: '4.2', events: 5, different: 0 },
  ])
  t.same(told, [
    [5, 10],
    [10, 10],
  ])
  await end()
})

t.test('where one of several cannot be made, it is named, and those before it are live', async (t) => {
  const { views, options, end } = await running(3, [ledger, other])
  const createBuild: typeof views.createBuild = (spec) =>
    spec.projection === 'other' ? Promise.reject(new Error('no space')) : views.createBuild(spec)
  const { projection: _, ...rest } = options
  const asked = { ...rest, views: { ...views, createBuild }, signal: new AbortController().signal }
  await t.rejects(rebuildEach([other], asked), { message: 'other: no space' })
  await t.rejects(rebuildEach([ledger, other], asked), {
    code: 'rebuild_failed',
    message: 'other: no space; made anew before it: ledger',
  })
  t.equal(await views.liveBuild('ledger'), '4.2')
  t.equal(await views.liveBuild('other'), '4.1')
  await end()
})

const filled = async (
  leaf: number,
  documents: readonly (readonly [string, number, JsonObject])[],
): Promise<ViewBuild> => {
  const build = await createMemoryViewStore().createBuild({ ...ledger, projection: 'ledger' })
  await build.commit({
    rows: [],
    documents: documents.map(([key, at, body]) => ({ key, at, body })),
    checkpoint: { epoch: 'e', position: leaf, id: 'i', leaf, context: {} },
  })
  return build
}

t.test('a document is compared when both builds hold it at one number', async (t) => {
  const before = await filled(5, [
    ['a', 1, { n: 1 }],
    ['b', 5, { n: 1 }],
    ['c', 2, { n: 1 }],
    ['e', 5, { n: 1 }],
  ])
  const after = await filled(4, [
    ['a', 1, { n: 2 }],
    ['b', 4, { n: 2 }],
    ['d', 3, { n: 1 }],
  ])
  const { compared, moved, different, differences } = await compare(before, after)
  t.same({ compared, moved, different }, { compared: 3, moved: 2, different: 3 })
  t.same(
    differences.map(({ key, before, after }) => [key, before, after]),
    [
      ['a', '{"n":1}', '{"n":2}'],
      ['c', '{"n":1}', null],
      ['d', null, '{"n":1}'],
    ],
  )
})

t.test('only the first hundred differences are listed, all are counted', async (t) => {
  const many = Array.from({ length: 130 }, (_, i) => [`k${i}`, 1, {}] as const)
  const { different, differences } = await compare(await filled(5, many), await filled(5, []))
  t.equal(different, 130)
  t.equal(differences.length, 100)
  const empty = await createMemoryViewStore().createBuild({ ...ledger, projection: 'ledger' })
  t.match(await compare(empty, empty), { compared: 0, moved: 0 })
})
