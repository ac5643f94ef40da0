import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createProjector } from '../../src/follower/projector.js'
import { openRunner, type Runner, type Sleep, specOf } from '../../src/follower/runner.js'
import { GRACE } from '../../src/follower/slot.js'
import { ledger } from '../../src/projections/ledger.js'
import { rebuild } from '../../src/reports/rebuild.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'
import { BuildGone, type ViewReader, type ViewStore } from '../../src/views/port.js'
import { Script } from '../contract/events.js'
import { decode, TestLog, until } from './log.js'

/** Ten times as fast: a second lasts 100 ms. */
const FAST = 10
const sleep: Sleep = (ms, signal) => pause(ms / FAST, undefined, { signal }).catch(() => undefined)
const now = (): number => performance.now() * FAST

const openings = (n: number) => {
  const script = new Script()
  for (let i = 0; i < n; i++)
    script.add(`a${i}`, { type: 'AccountOpened', data: { owner: `a${i}`, currency: 'USD', creditLimit: '0.00' } })
  return script.events
}

/** A projector that can die, which is: never get an answer from its store again. */
const start = (log: TestLog, store: MemoryViewStore, holder: string, projection = ledger) => {
  const fate = { dead: false }
  const views: ViewStore = new Proxy(store, {
    get: (target, name) => (fate.dead ? () => new Promise(() => undefined) : Reflect.get(target, name)),
  })
  const parts = { log, decode, views, sleep, lazy: () => false }
  const projector = createProjector({
    ...parts,
    projections: [projection],
    consumers: [],
    onCheckpoint: () => undefined,
    holder,
    now,
  })
  const stop = new AbortController()
  const done = projector.run(stop.signal)
  const is = (doing: string) => until(() => projector.status()[0]?.doing === doing)
  const end = async () => {
    stop.abort()
    await done
  }
  return { parts, projector, fate, is, end, status: () => projector.status()[0] }
}

t.test('one of two works; when it ends the other goes on where it was', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const ann = start(log, views, 'ann')
  await ann.is('following')
  const bob = start(log, views, 'bob')
  await until(() => bob.status()?.leaf === 2)
  t.match(bob.status(), { doing: 'standby', stopped: null, trouble: null })
  await ann.end()
  await bob.is('following')
  log.push(openings(5).slice(3))
  await until(() => bob.status()?.leaf === 4)
  t.same(await views.builds('ledger'), ['4.1'])
  await bob.end()
})

t.test('one that waits before there is a view says that it has seen nothing', async (t) => {
  const views = createMemoryViewStore()
  t.equal(await views.takeLease('ledger@4', null, { holder: 'eve', beat: 1 }), true)
  let looked = 0
  const checkpoint: ViewReader['checkpoint'] = (name) => {
    looked += 1
    return views.reader.checkpoint(name)
  }
  const bob = start(new TestLog().push(openings(3)), { ...views, reader: { ...views.reader, checkpoint } }, 'bob')
  await until(() => looked > 1)
  t.match(bob.status(), { doing: 'standby', leaf: -1 })
  await bob.end()
})

t.test('one that dies is relieved, and comes back to wait', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const ann = start(log, views, 'ann')
  await ann.is('following')
  const bob = start(log, views, 'bob')
  await bob.is('standby')
  ann.fate.dead = true
  const from = now()
  await bob.is('following')
  const took = now() - from
  t.ok(took < 10_000, `took over after ${Math.round(took)} ms`)
  await bob.end()
})

t.test('one that lost its lease and gets it back goes on with the same build', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const ann = start(log, views, 'ann')
  await ann.is('following')
  await views.takeLease('ledger@4', await views.lease('ledger@4'), { holder: 'eve', beat: 99 })
  await ann.is('standby')
  await views.takeLease('ledger@4', await views.lease('ledger@4'), { holder: '', beat: 100 })
  await ann.is('following')
  log.push(openings(4).slice(3))
  await until(() => ann.status()?.leaf === 3)
  t.same(await views.builds('ledger'), ['4.1'])
  await ann.end()
})

t.test('a rebuild takes the work over; the other one sees the pointer move, and waits', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const ann = start(log, views, 'ann')
  await ann.is('following')
  const bob = start(log, views, 'bob')
  await bob.is('standby')
  await bob.projector.hold(ledger)
  const { signal } = new AbortController()
  const options = { ...bob.parts, projection: ledger, projector: bob.projector, progress: () => undefined, signal }
  t.match(await rebuild(options), { build: '4.2', events: 3, different: 0 })
  await ann.is('standby')
  log.push(openings(4).slice(3))
  await until(() => ann.status()?.leaf === 3)
  t.equal((await views.reader.document('ledger', 'a3'))?.at, 3)
  t.same(await views.builds('ledger'), ['4.1', '4.2'], 'somebody may still be reading the old one')
  const from = now()
  await until(async () => (await views.builds('ledger')).length === 1)
  t.ok(now() - from > GRACE / 2)
  t.same(await views.builds('ledger'), ['4.2'])
  await Promise.all([ann.end(), bob.end()])
})

t.test('a pointer that somebody else moved is followed', async () => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const { status, end } = start(log, views, 'ann')
  await until(() => status()?.doing === 'following')
  const build = await views.createBuild(specOf(ledger))
  await views.makeLive('ledger', build.name)
  await until(async () => (await build.checkpoint())?.leaf === 2)
  log.push(openings(4).slice(3))
  await until(async () => (await build.checkpoint())?.leaf === 3)
  await end()
})

t.test('a newer version builds its own, and the older one stops', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const old = start(log, views, 'old')
  await old.is('following')
  const first = await views.openBuild(specOf(ledger), '4.1')
  const next = start(log, views, 'new', { ...ledger, version: ledger.version + 1 })
  await next.is('following')
  t.equal(await views.liveBuild('ledger'), '5.1')
  await until(() => old.status()?.stopped !== null)
  t.match(old.status(), { stopped: { code: 'newer_views' } })
  log.push(openings(5).slice(3))
  await until(() => next.status()?.leaf === 4)
  t.equal((await first.checkpoint())?.leaf, 2, 'and writes nothing more')
  await next.end()
  const back = await views.createBuild(specOf(ledger))
  await views.makeLive('ledger', back.name)
  await until(() => old.status()?.stopped === null)
  await old.end()
})

t.test('two that are made live at once go one after the other', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const runners: Runner[] = []
  let second: Promise<void> | null = null
  const makeLive: MemoryViewStore['makeLive'] = async (name, build) => {
    const [, other] = runners
    if (build === '4.2' && other !== undefined) second = projector.replace(ledger, other)
    await views.makeLive(name, build)
  }
  const { projector, is, status, end } = start(log, { ...views, makeLive }, 'ann')
  await is('following')
  for (const _ of ['4.2', '4.3'])
    runners.push(await openRunner({ projection: ledger, build: await views.createBuild(specOf(ledger)), log, sleep }))
  const [first] = runners
  if (first !== undefined) await projector.replace(ledger, first)
  await second
  t.equal(await views.liveBuild('ledger'), '4.3')
  log.push(openings(4).slice(3))
  await until(() => status()?.leaf === 3)
  await end()
})

t.test('a build that another process has dropped is not made live', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  const { projector, is, end } = start(log, views, 'ann')
  await is('following')
  const build = await views.createBuild(specOf(ledger))
  const runner = await openRunner({ projection: ledger, build, log, sleep })
  await views.dropBuild(specOf(ledger), build.name)
  await t.rejects(projector.replace(ledger, runner), { message: /another process has dropped/ })
  t.equal(await views.liveBuild('ledger'), '4.1')
  await end()
})

t.test('a lease lost while its first build was made is no reason to make it live', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  let made = (): void => undefined
  const making = new Promise<void>((resolve) => {
    made = resolve
  })
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    const build = await views.createBuild(spec)
    return { ...build, finish: () => making }
  }
  const slow = start(log, { ...views, createBuild }, 'slow')
  await until(async () => (await views.builds('ledger')).length === 1)
  await views.takeLease('ledger@4', await views.lease('ledger@4'), { holder: 'bob', beat: 99 })
  await slow.is('standby')
  made()
  await pause(50)
  t.equal(await views.liveBuild('ledger'), null)
  await slow.end()
})

t.test('a first build that another process drops while it is made is begun again', async (t) => {
  const log = new TestLog().push(openings(3))
  const views = createMemoryViewStore()
  let made = 0
  const createBuild: MemoryViewStore['createBuild'] = async (spec) => {
    const build = await views.createBuild(spec)
    made += 1
    if (made > 1) return build
    const commit = async (): Promise<void> => {
      await views.dropBuild(spec, build.name)
      throw new BuildGone('dropped')
    }
    return { ...build, commit }
  }
  const { is, end } = start(log, { ...views, createBuild }, 'ann')
  await is('following')
  t.equal((await views.reader.checkpoint('ledger'))?.leaf, 2)
  await end()
})
