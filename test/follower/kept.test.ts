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

/** Of the ledger everything, on a build that is read by those alone who ask first. */
const lazy = async (n: number) => {
  const script = trades(n)
  const log = new TestLog().push(script.events)
  const { build, commits } = await told(createMemoryViewStore(), ledger)
  const waits = waiting()
  const runner = await openRunner({ projection: ledger, build, log, sleep: waits.sleep, lazy: () => true })
  const take = (from: number, to: number) => runner.handle(batchOf(script.events.slice(from, to)), never)
  return { script, log, build, commits, next: waits.next, runner, take }
}

t.test('where readers ask first, batches wait for a moment and are written together', async (t) => {
  const { build, commits, next, runner, take } = await lazy(8)
  await take(0, 4)
  await take(4, 6)
  t.match(runner, { leaf: 5, stored: -1, checkpoint: { leaf: 5 } })
  t.same(commits, [])
  next()
  await until(() => commits.length === 1)
  t.same(commits, [[5, 'with']])
  t.match(runner, { leaf: 5, stored: 5 })
  t.match(await build.documents(['ann']), [{ at: 5, body: { actual: '-4.00' } }])
  next()
  await pause(1)
  await take(6, 10)
  t.match(runner, { leaf: 9, stored: 5 })
  await runner.store()
  t.match(runner, { leaf: 9, stored: 9 })
  await runner.store()
  t.equal(commits.length, 2, 'there was nothing left to be written')
  t.match(await build.rows([{ key: 'bob', leaf: 8 }]), [{ body: { actualAfter: '7.00' } }])
})

t.test('what begins to wait while the checkpoint alone was trailing is written too', async (t) => {
  const script = trades(3)
  const log = new TestLog().push(script.events)
  const { build, commits } = await told(createMemoryViewStore(), sparse)
  const { sleep, next } = waiting()
  let waits = false
  const runner = await openRunner({ projection: sparse, build, log, sleep, lazy: () => waits })
  await runner.handle(batchOf(script.events.slice(0, 3)), never)
  await runner.handle(batchOf(script.events.slice(3)), never)
  await until(() => commits.length === 2)
  waits = true
  script.add('cat', opened('cat'))
  await runner.handle(batchOf(script.events.slice(5)), never)
  t.equal(commits.length, 2)
  next()
  await until(() => commits.length === 3)
  t.same(commits.at(-1), [5, 'with'])
})

t.test('many rows that wait are written at once', async (t) => {
  const { commits, runner, take } = await lazy(6_000)
  await take(0, 4_900)
  t.same(commits, [])
  await take(4_900, 5_100)
  t.same(commits, [[5_099, 'with']])
  t.equal(runner.stored, 5_099)
})

t.test('a row that waits is changed where it waits', async (t) => {
  const { script, build, runner, take } = await lazy(1)
  const refund = { order: uuid(0), orderLeaf: 2, buyer: 'ann', seller: 'bob', amount: '1.00', currency: 'USD' } as const
  script.add('bob', { type: 'RefundRequested', data: { ...refund, refund: uuid(7), reason: 'broken' } })
  await take(0, 3)
  await take(3, 4)
  await runner.store()
  t.match(await build.rows([{ key: 'ann', leaf: 2 }]), [{ at: 3, body: { order: { open: '1.00' } } }])
})

t.test('what waits is written at the end, and found again where it could not be', async (t) => {
  const { script, log, build, take, runner } = await lazy(3)
  await take(0, 5)
  const again = await openRunner({ projection: ledger, build, log, sleep: waiting().sleep, lazy: () => true })
  t.equal(again.checkpoint, null)
  await again.handle(batchOf(script.events), never)
  await runner.settle(never)
  await again.settle(never)
  t.match(await build.documents(['bob']), [{ at: 4, body: { actual: '3.00' } }])
})

t.test('nothing waits while the store takes nothing: the next batch is passed when it is there', async (t) => {
  const { script, log, build } = await lazy(6)
  let full = true
  const commit: ViewBuild['commit'] = (batch) => (full ? Promise.reject(new Error('full')) : build.commit(batch))
  const { sleep, next } = waiting()
  const runner = await openRunner({ projection: ledger, build: { ...build, commit }, log, sleep, lazy: () => true })
  await runner.handle(batchOf(script.events.slice(0, 3)), never)
  const stored = runner.store()
  await until(() => runner.trouble !== null)
  let passed = false
  const second = runner.handle(batchOf(script.events.slice(3, 6)), never).then(() => {
    passed = true
  })
  await pause(5)
  t.equal(passed, false)
  t.equal(runner.leaf, 2)
  full = false
  for (let i = 0; i < 4; i += 1) next()
  await Promise.all([stored, second])
  t.match(runner, { leaf: 5, stored: 5, trouble: null })
})

t.test('what is folded while it is written waits with the rest', async (t) => {
  const { script, log, build } = await lazy(4)
  let letGo = (): void => undefined
  const commit: ViewBuild['commit'] = async (batch) => {
    if (batch.checkpoint?.leaf === 2) await new Promise<void>((resolve) => (letGo = resolve))
    await build.commit(batch)
  }
  const { sleep } = waiting()
  const runner = await openRunner({ projection: ledger, build: { ...build, commit }, log, sleep, lazy: () => true })
  await runner.handle(batchOf(script.events.slice(0, 3)), never)
  const stored = runner.store()
  await runner.handle(batchOf(script.events.slice(3)), never)
  letGo()
  await stored
  t.match(runner, { leaf: 5, stored: 2 })
  await runner.settle(never)
  t.equal(runner.stored, 5)
  t.match(await build.documents(['ann', 'bob']), [{ at: 5 }, { at: 5 }])
  t.equal((await build.rows([4, 5].map((leaf) => ({ key: 'ann', leaf })))).length, 2)
})

t.test('a fold that breaks off leaves nothing half done behind', async (t) => {
  const { script, log, build } = await lazy(4)
  let broken = true
  const breaking: AnyProjection = {
    ...ledger,
    evolve: (document, event, at) => {
      if (broken && event.leaf === 4) throw new TypeError('broken')
      return ledger.evolve(document as never, event as never, at)
    },
  }
  const { sleep } = waiting()
  const runner = await openRunner({ projection: breaking, build, log, sleep, lazy: () => true })
  await runner.handle(batchOf(script.events.slice(0, 3)), never)
  await t.rejects(runner.handle(batchOf(script.events.slice(3)), never), { message: 'broken' })
  await runner.settle(never)
  t.equal(await build.checkpoint(), null, 'it comes again from the log')
  broken = false
  await runner.handle(batchOf(script.events), never)
  await runner.settle(never)
  t.match(await build.documents(['ann']), [{ at: 5, body: { actual: '-4.00' } }])
  t.equal((await build.rows([2, 3, 4, 5].map((leaf) => ({ key: 'bob', leaf })))).length, 4)
})
