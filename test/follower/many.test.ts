import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { AnyProjection } from '../../src/follower/projection.js'
import { createProjector } from '../../src/follower/projector.js'
import type { Sleep } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import type { Decode } from '../../src/store/decode.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'
import { BuildGone, type ViewBuild, type ViewStore } from '../../src/views/port.js'
import { Script } from '../contract/events.js'
import { decode, TestLog, until } from './log.js'

const sleep: Sleep = (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined)

/** Counts the events of one type. */
const counting = (name: string, type: AnyProjection['handles'][number]): AnyProjection => ({
  name,
  version: 1,
  documents: name,
  rows: null,
  handles: [type],
  indexes: [],
  keys: () => ['all'],
  evolve: (count) => `${BigInt(String(count ?? 0)) + 1n}`,
  row: () => undefined,
  rowKeys: () => [],
  evolveRow: (row) => row,
  document: {
    encode: (count) => ({ count: String(count) }),
    decode: ({ count }) => {
      if (typeof count !== 'string') throw new TypeError('no count')
      return count
    },
  },
  rowBody: ledger.rowBody,
})
const freezes = counting('freezes', 'AccountFrozen')
const thaws = counting('thaws', 'AccountUnfrozen')

/** One account, then as many freezes. */
const frozen = (n: number) => {
  const script = new Script()
  script.add('ann', { type: 'AccountOpened', data: { owner: 'ann', currency: 'USD', creditLimit: '0.00' } })
  for (let i = 0; i < n; i++) script.add('ann', { type: 'AccountFrozen', data: { account: 'ann', reason: 'x' } })
  return script.events
}

const start = (log: TestLog, views: ViewStore, projections: readonly AnyProjection[], decoding: Decode = decode) => {
  const passed = new Map<string, number>()
  const projector = createProjector({
    log,
    decode: decoding,
    views,
    sleep,
    lazy: () => false,
    projections,
    consumers: [],
    onCheckpoint: (name, leaf) => passed.set(name, leaf),
    holder: null,
    now: () => performance.now(),
  })
  const stop = new AbortController()
  const done = projector.run(stop.signal)
  const end = async () => {
    stop.abort()
    await done
  }
  const all = (leaf: number) => until(() => projections.every(({ name }) => passed.get(name) === leaf))
  return { projector, passed, all, end }
}

const leafOf = async (views: MemoryViewStore, name: string) => (await views.reader.checkpoint(name))?.leaf

t.test('many projections take one feed: each event is read and decoded once', async (t) => {
  const log = new TestLog()
  const views = createMemoryViewStore()
  let decoded = 0
  let feeds = 0
  const subscribe = log.subscribe.bind(log)
  log.subscribe = (options) => {
    feeds += 1
    return subscribe(options)
  }
  const counted = new Proxy(decode, {
    apply: (target, self, args) => {
      decoded += 1
      return Reflect.apply(target, self, args)
    },
  })
  const { projector, all, end } = start(log, views, [ledger, freezes, thaws], counted)
  await all(-1)
  await until(() => projector.status().every(({ doing }) => doing === 'following'))
  feeds = 0
  log.push(frozen(3))
  await all(3)
  t.equal(decoded, 4)
  t.equal(feeds, 0, 'the feed they had')
  t.match(await views.reader.document('freezes', 'all'), { at: 3, body: { count: '3' } })
  t.match(await views.reader.document('ledger', 'ann'), { at: 3 })
  await until(async () => (await leafOf(views, 'thaws')) === 3)
  t.equal(await views.reader.document('thaws', 'all'), null)
  await end()
})

t.test('at the end each one leaves its checkpoint where it was', async (t) => {
  const log = new TestLog()
  const views = createMemoryViewStore()
  const { all, end } = start(log, views, [ledger, thaws])
  await all(-1)
  for (let n = 1; n <= 4; n += 1) {
    log.push(frozen(n).slice(n === 1 ? 0 : n))
    await all(n)
  }
  await end()
  t.same([await leafOf(views, 'ledger'), await leafOf(views, 'thaws')], [4, 4])
})

t.test('one that stops for what its own view holds stops alone', async (t) => {
  const log = new TestLog().push(frozen(2))
  const views = createMemoryViewStore()
  const first = start(log, views, [ledger, freezes, thaws])
  await first.all(2)
  await first.end()
  const build = await views.openBuild({ ...freezes, projection: 'freezes' }, '1.1')
  await build.commit({ rows: [], documents: [{ key: 'all', at: 3, body: { count: 7 } }] })
  const { projector, passed, end } = start(log, views, [ledger, freezes, thaws])
  await until(() => passed.get('ledger') === 2)
  log.push(frozen(4).slice(3))
  await until(() => passed.get('ledger') === 4 && passed.get('thaws') === 4)
  t.match(projector.status(), [
    { name: 'ledger', leaf: 4, stopped: null },
    { name: 'freezes', leaf: 2, stopped: { code: 'consumer_failed', reason: 'no count' } },
    { name: 'thaws', leaf: 4, stopped: null },
  ])
  await end()
})

t.test('one whose views cannot be written is left behind, and the others go on', async (t) => {
  const log = new TestLog()
  const views = createMemoryViewStore()
  let broken = true
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    const build = await views.createBuild(spec)
    const commit: ViewBuild['commit'] = (batch) =>
      broken && spec.projection === 'freezes' ? Promise.reject(new Error('no space')) : build.commit(batch)
    return { ...build, commit }
  }
  const { projector, passed, all, end } = start(log, { ...views, createBuild }, [ledger, freezes, thaws])
  await all(-1)
  log.push(frozen(2))
  await until(() => passed.get('ledger') === 2)
  await pause(1_100)
  log.push(frozen(3).slice(3))
  await until(() => passed.get('ledger') === 3 && passed.get('thaws') === 3)
  t.match(projector.status(), [
    { leaf: 3 },
    { leaf: -1, trouble: { code: 'views_failed', reason: 'no space' }, doing: 'following' },
    { leaf: 3 },
  ])
  broken = false
  await all(3)
  t.match(await views.reader.document('freezes', 'all'), { body: { count: '3' } })
  t.match(projector.status(), [{}, { leaf: 3, trouble: null }, {}])
  await end()
})

t.test('a projection that is new to an old log is made while the others go on', async (t) => {
  const log = new TestLog().push(frozen(1_200))
  const views = createMemoryViewStore()
  const first = start(log, views, [ledger])
  await first.all(1_200)
  await first.end()
  let letGo = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    const build = await views.createBuild(spec)
    return { ...build, finish: () => gate }
  }
  const { projector, passed, all, end } = start(log, { ...views, createBuild }, [ledger, freezes, thaws])
  await until(() => passed.get('ledger') === 1_200)
  log.push(frozen(1_201).slice(1_201))
  await until(() => passed.get('ledger') === 1_201)
  t.match(projector.status(), [
    { name: 'ledger', leaf: 1_201, doing: 'following' },
    { name: 'freezes', leaf: -1, doing: 'opening' },
    { name: 'thaws', leaf: -1, doing: 'opening' },
  ])
  t.equal(await views.liveBuild('freezes'), null)
  letGo()
  await all(1_201)
  t.match(await views.reader.document('freezes', 'all'), { body: { count: '1201' } })
  await end()
})

t.test('a new version of the first holds up no other whose build is current', async (t) => {
  const log = new TestLog().push(frozen(3))
  const views = createMemoryViewStore()
  const first = start(log, views, [freezes, ledger, thaws])
  await first.all(3)
  await first.end()
  log.push(frozen(4).slice(4))
  let letGo = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let begun = 0
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    begun += 1
    const build = await views.createBuild(spec)
    return { ...build, finish: () => gate }
  }
  const newer = [{ ...freezes, version: 2 }, ledger, { ...thaws, version: 2 }, counting('others', 'AccountFrozen')]
  const { projector, passed, all, end } = start(log, { ...views, createBuild }, newer)
  await until(() => passed.get('ledger') === 4)
  await until(() => begun === 1)
  log.push(frozen(5).slice(5))
  await until(() => passed.get('ledger') === 5)
  t.match(projector.status(), [
    { name: 'freezes', doing: 'opening' },
    { name: 'ledger', leaf: 5, doing: 'following' },
    { name: 'thaws', doing: 'opening' },
    { name: 'others', doing: 'opening' },
  ])
  t.equal(begun, 1, 'one is built after another')
  letGo()
  await all(5)
  t.match(await views.reader.document('freezes', 'all'), { body: { count: '5' } })
  await end()
})

t.test('builds that wait for their turn are not made once the end has come', async (t) => {
  const views = createMemoryViewStore()
  let letGo = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const begun: string[] = []
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    begun.push(spec.projection)
    await gate
    return views.createBuild(spec)
  }
  const { end } = start(new TestLog().push(frozen(3)), { ...views, createBuild }, [freezes, ledger, thaws])
  await until(() => begun.length > 0)
  // The others have asked for their turn by then.
  await pause(20)
  const ended = end()
  letGo()
  await ended
  t.same(begun, ['freezes'])
})

t.test('one that is far behind is brought up beside the others, also where bytes cannot be decoded', async (t) => {
  const log = new TestLog().push(frozen(5))
  const views = createMemoryViewStore()
  const first = start(log, views, [ledger, freezes])
  await first.all(5)
  await first.end()
  log.push(frozen(700).slice(6))
  const second = start(log, views, [ledger])
  await second.all(700)
  await second.end()
  log.push(frozen(702).slice(701), [702])
  const { projector, end } = start(log, views, [ledger, freezes])
  await until(() => projector.status().every(({ stopped }) => stopped !== null))
  const stopped = { code: 'undecodable', revision: 702 }
  t.match(projector.status(), [
    { leaf: 701, stopped },
    { leaf: 701, stopped },
  ])
  t.match(await views.reader.document('freezes', 'all'), { body: { count: '701' } })
  await end()
})

t.test('a live build that is dropped while it is brought up is opened again', async (t) => {
  const log = new TestLog().push(frozen(2))
  const views = createMemoryViewStore()
  const first = start(log, views, [freezes])
  await first.all(2)
  await first.end()
  log.push(frozen(3).slice(3))
  let opened = 0
  const openBuild: MemoryViewStore['openBuild'] = async (spec, name) => {
    const build = await views.openBuild(spec, name)
    opened += 1
    return opened > 1 ? build : { ...build, commit: () => Promise.reject(new BuildGone('dropped')) }
  }
  const { projector, all, end } = start(log, { ...views, openBuild }, [freezes])
  await until(() => projector.status()[0]?.trouble?.code === 'view_build_gone')
  await all(3)
  t.equal(opened, 2)
  await end()
})
