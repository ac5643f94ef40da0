import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Consumer } from '../../src/follower/follow.js'
import { createProjector } from '../../src/follower/projector.js'
import { openRunner, type Sleep, specOf } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'
import { Script } from '../contract/events.js'
import { decode, TestLog, until } from './log.js'

const sleep: Sleep = (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined)

const openings = (n: number) => {
  const script = new Script()
  for (let i = 0; i < n; i++)
    script.add(`a${i}`, { type: 'AccountOpened', data: { owner: `a${i}`, currency: 'USD', creditLimit: '0.00' } })
  return script.events
}

const start = (log: TestLog, views: MemoryViewStore, consumers: readonly Consumer[] = []) => {
  const seen: number[] = []
  const projector = createProjector({
    log,
    decode,
    views,
    sleep,
    lazy: () => false,
    projections: [ledger],
    consumers,
    onCheckpoint: (_, leaf) => seen.push(leaf),
    holder: 'one',
    now: () => performance.now(),
  })
  const stop = new AbortController()
  const done = projector.run(stop.signal)
  const end = async () => {
    stop.abort()
    await done
  }
  return { projector, seen, end }
}

t.test('the first build is made whole before it is live, then follows the log', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const taken: number[] = []
  const other: Consumer = {
    name: 'file',
    get checkpoint() {
      const leaf = taken.at(-1)
      return leaf === undefined ? null : { leaf, position: (leaf + 1) * 10 }
    },
    handle: async ({ events }) => {
      taken.push(...events.map(({ leaf }) => leaf))
    },
  }
  const { projector, seen, end } = start(log, views, [other])
  t.match(projector.status(), [{ name: 'ledger', leaf: -1, stopped: null, trouble: null }])
  await until(async () => (await views.liveBuild('ledger')) !== null)
  t.equal((await views.reader.checkpoint('ledger'))?.leaf, 2)
  log.push(openings(5).slice(3))
  await until(() => seen.at(-1) === 4)
  t.equal((await views.reader.document('ledger', 'a4'))?.at, 4)
  t.match(projector.status(), [
    { name: 'ledger', leaf: 4, stopped: null, trouble: null },
    { name: 'file', leaf: 4, stopped: null, trouble: null },
  ])
  await end()
  t.same(taken, [0, 1, 2, 3, 4])
  const again = start(log, views)
  await until(() => again.seen.at(-1) === 4)
  await again.end()
  t.same(await views.builds('ledger'), ['4.1'], 'the same build is taken up again')
})

t.test('a build of an older version or one that nobody finished is not kept', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const old = await views.createBuild({ ...specOf(ledger), version: 0 })
  await views.createBuild(specOf(ledger))
  await views.makeLive('ledger', old.name)
  const { projector, seen, end } = start(log, views)
  await until(() => seen.at(-1) === 2)
  t.equal(await views.liveBuild('ledger'), '4.1')
  t.same(await views.builds('ledger'), ['0.1', '4.1'], 'the old one is still read')
  t.match(projector.status(), [{ doing: 'following' }])
  await end()
})

t.test('views of a newer version are left alone', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const newer = await views.createBuild({ ...specOf(ledger), version: 7 })
  await views.createBuild({ ...specOf(ledger), version: 7 })
  await views.makeLive('ledger', newer.name)
  const { projector, end } = start(log, views)
  await until(() => projector.status()[0]?.stopped !== null)
  t.match(projector.status(), [{ leaf: -1, stopped: { code: 'newer_views', reason: /build 7.1 of ledger is live/ } }])
  t.same(await views.builds('ledger'), ['7.1', '7.2'])
  t.equal(await views.liveBuild('ledger'), '7.1')
  await end()
})

t.test('a checkpoint that does not match is shown, and a new build goes on in its place', async (t) => {
  const views = createMemoryViewStore()
  const first = start(new TestLog('epoch-1').push(openings(3)), views)
  await until(() => first.seen.at(-1) === 2)
  await first.end()
  const log = new TestLog('epoch-2').push(openings(2))
  const { projector, seen, end } = start(log, views)
  await until(() => projector.status()[0]?.stopped?.code === 'view_checkpoint_mismatch')
  const build = await views.createBuild(specOf(ledger))
  const runner = await openRunner({ projection: ledger, build, log, sleep })
  await projector.replace(ledger, runner)
  t.same(await views.liveBuild('ledger'), build.name)
  log.push(openings(4).slice(2))
  await until(() => seen.at(-1) === 3)
  t.match(projector.status(), [{ leaf: 3, stopped: null }])
  await t.rejects(projector.replace({ ...ledger, name: 'other' }, runner), /no projection other/)
  await end()
})

t.test('bytes that cannot be decoded are shown while the rest lives on', async (t) => {
  const log = new TestLog().push(openings(2))
  const views = createMemoryViewStore()
  const { projector, seen, end } = start(log, views)
  await until(() => seen.at(-1) === 1)
  log.push(openings(4).slice(2), [3])
  await until(() => projector.status()[0]?.stopped !== null)
  t.match(projector.status(), [{ leaf: 2, stopped: { code: 'undecodable', stream: 'account-a3', revision: 0 } }])
  t.equal((await views.reader.document('ledger', 'a2'))?.at, 2)
  const build = await views.createBuild(specOf(ledger))
  const runner = await openRunner({ projection: ledger, build, log, sleep })
  await t.rejects(projector.replace(ledger, runner), { code: 'undecodable' })
  t.match(projector.status(), [{ stopped: { code: 'undecodable' } }], 'still, and the projector runs')
  await end()

  const later = start(new TestLog().push(openings(2), [1]), createMemoryViewStore())
  await until(() => later.projector.status()[0]?.stopped?.code === 'undecodable')
  await later.end()
})

t.test('a first build that cannot be made is shown, and tried again', async (t) => {
  const views = createMemoryViewStore()
  let broken = true
  const createBuild: MemoryViewStore['createBuild'] = (spec) =>
    broken ? Promise.reject('no disk') : views.createBuild(spec)
  const { projector, seen, end } = start(new TestLog(), { ...views, createBuild })
  await until(() => projector.status()[0]?.trouble !== null)
  t.match(projector.status(), [{ doing: 'opening', trouble: { code: 'views_failed', reason: 'no disk' } }])
  broken = false
  await until(() => seen.length > 0)
  t.match(projector.status(), [{ doing: 'following', trouble: null }])
  await end()
})

t.test('to end while a first build is made is no trouble', async (t) => {
  const views = createMemoryViewStore()
  const ended: Promise<void>[] = []
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    ended.push(end())
    return views.createBuild(spec)
  }
  const { projector, end } = start(new TestLog().push(openings(3)), { ...views, createBuild })
  await until(() => ended.length > 0)
  await Promise.all(ended)
  t.match(projector.status(), [{ name: 'ledger', leaf: -1, stopped: null, trouble: null }])
  t.equal(await views.liveBuild('ledger'), null)
})

t.test('once the end has come nothing is begun: the lease is given back', async (t) => {
  const views = createMemoryViewStore()
  const ended: Promise<void>[] = []
  let asked = 0
  const lease: MemoryViewStore['lease'] = async (name) => {
    ended.push(end())
    return views.lease(name)
  }
  const liveBuild: MemoryViewStore['liveBuild'] = (name) => {
    asked += 1
    return views.liveBuild(name)
  }
  const { end } = start(new TestLog().push(openings(3)), { ...views, lease, liveBuild })
  await until(() => ended.length > 0)
  await Promise.all(ended)
  t.equal(asked, 0)
  t.match(await views.lease('ledger@4'), { holder: '' })
})

t.test('an empty log makes an empty view that is live', async (t) => {
  const views = createMemoryViewStore()
  const { seen, end } = start(new TestLog(), views)
  await until(() => seen.length > 0)
  t.same(seen, [-1])
  t.equal(await views.liveBuild('ledger'), '4.1')
  await end()
})
