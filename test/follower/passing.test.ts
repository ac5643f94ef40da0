import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { openRunner, type Sleep, specOf } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'
import type { ViewBuild } from '../../src/views/port.js'
import { Script, uuid } from '../contract/events.js'
import { TestLog, until } from './log.js'

const never = new AbortController().signal

const opened = (owner: string): Fact => ({
  type: 'AccountOpened',
  data: { owner, currency: 'USD', creditLimit: '0.00' },
})

/** Two openings, then trades. */
const trades = (n: number): Script => {
  const script = new Script()
  for (const owner of ['ann', 'bob']) script.add(owner, opened(owner))
  for (let i = 0; i < n; i++)
    script.add('ann', {
      type: 'Traded',
      data: { order: uuid(i), buyer: 'ann', seller: 'bob', amount: '1.00', currency: 'USD' },
    })
  return script
}

const batchOf = (events: readonly LedgerEvent[]) => ({ events, positions: events.map(({ leaf }) => (leaf + 1) * 10) })

/** Of the ledger's events it takes the openings alone. */
const sparse: AnyProjection = { ...ledger, name: 'openings', handles: ['AccountOpened'] }

/** A build that tells of its commits: the leaf of each checkpoint, and whether it came alone. */
const told = async (views: MemoryViewStore, of: AnyProjection) => {
  const build = await views.createBuild(specOf(of))
  const commits: [number | undefined, 'alone' | 'with'][] = []
  const commit: ViewBuild['commit'] = async (batch) => {
    commits.push([batch.checkpoint?.leaf, batch.rows.length + batch.documents.length === 0 ? 'alone' : 'with'])
    await build.commit(batch)
  }
  return { build: { ...build, commit }, commits }
}

/** A sleep whose waits end when they are told to. */
const waiting = () => {
  const waits: (() => void)[] = []
  const sleep: Sleep = (_, signal) =>
    new Promise((resolve) => {
      waits.push(resolve)
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  return { sleep, next: () => waits.shift()?.() }
}

t.test('what a projection does not handle is passed at once; its checkpoint is written now and then', async (t) => {
  const { events } = trades(8)
  const log = new TestLog().push(events)
  const { build, commits } = await told(createMemoryViewStore(), sparse)
  const { sleep, next } = waiting()
  const runner = await openRunner({ projection: sparse, build, log, sleep })
  for (let leaf = 0; leaf < 6; leaf += 1) await runner.handle(batchOf(events.slice(leaf, leaf + 1)), never)
  t.equal(runner.leaf, 5)
  t.match(runner.checkpoint, { leaf: 5, position: 60 })
  t.same(commits, [
    [0, 'with'],
    [1, 'with'],
    [2, 'alone'],
  ])
  next()
  await until(() => commits.length === 4)
  t.same(commits.at(-1), [5, 'alone'])
  next()
  await pause(1)
  await runner.handle(batchOf(events.slice(6, 7)), never)
  await until(() => commits.length === 5)
  t.same(commits.at(-1), [6, 'alone'], 'at once, after a while without one')
  await runner.handle(batchOf(events.slice(7, 9)), never)
  await runner.settle(never)
  t.same(commits.at(-1), [8, 'alone'])
  await runner.settle(never)
  t.equal(commits.length, 6, 'nothing is left to be written')
  const again = await openRunner({ projection: sparse, build, log, sleep })
  t.equal(again.leaf, 8)
})

t.test('a checkpoint that comes late does not take back a later one', async (t) => {
  const script = new Script()
  script.add('ann', opened('ann'))
  script.add('ann', { type: 'AccountFrozen', data: { account: 'ann', reason: 'x' } })
  script.add('bob', opened('bob'))
  const { events } = script
  const log = new TestLog().push(events)
  const { build, commits } = await told(createMemoryViewStore(), sparse)
  let letGo = (): void => undefined
  const commit: ViewBuild['commit'] = async (batch) => {
    if (batch.checkpoint?.leaf === 1)
      await new Promise<void>((resolve) => {
        letGo = resolve
      })
    await build.commit(batch)
  }
  const { sleep } = waiting()
  const runner = await openRunner({ projection: sparse, build: { ...build, commit }, log, sleep })
  for (const event of events) await runner.handle(batchOf([event]), never)
  t.equal(runner.leaf, 2)
  letGo()
  await runner.settle(never)
  t.same(commits, [
    [0, 'with'],
    [2, 'with'],
    [1, 'alone'],
  ])
  t.equal((await build.checkpoint())?.leaf, 2)
})

t.test('a batch given up after others were passed leaves what was passed', async (t) => {
  const script = trades(2)
  script.add('cat', opened('cat'))
  const log = new TestLog().push(script.events)
  const { build } = await told(createMemoryViewStore(), sparse)
  const commit: ViewBuild['commit'] = async (batch) => {
    if (batch.checkpoint?.leaf === 4 || batch.checkpoint?.leaf === 3) throw new Error('gone')
    await build.commit(batch)
  }
  const stop = new AbortController()
  const sleep: Sleep = async (_, signal) => {
    if (signal === stop.signal) stop.abort()
    else if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  const runner = await openRunner({ projection: sparse, build: { ...build, commit }, log, sleep })
  await runner.handle(batchOf(script.events.slice(0, 2)), never)
  await runner.handle(batchOf(script.events.slice(2, 4)), never)
  await t.rejects(runner.handle(batchOf(script.events.slice(4)), stop.signal), { name: 'AbortError' })
  t.equal(runner.leaf, 3)
  t.equal(runner.trouble?.code, 'views_failed')
  await t.rejects(runner.settle(AbortSignal.abort()), { name: 'AbortError' }, 'once, at the end')
  t.equal((await build.checkpoint())?.leaf, 1)
})
