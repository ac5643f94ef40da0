import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import { catchUp } from '../../src/follower/catch-up.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { openRunner, type Runner, type Sleep, specOf } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'
import { BuildGone, type ViewBuild, ViewStoreFull } from '../../src/views/port.js'
import { Script, scripts, uuid } from '../contract/events.js'
import { contents, runs, seed } from '../contract/view-store.js'
import { fc } from '../support/fast-check.js'
import { decode, TestLog } from './log.js'

const never = new AbortController().signal
const noSleep: Sleep = async () => {}
const projection: AnyProjection = ledger

const trades = (n: number): readonly LedgerEvent[] => {
  const script = new Script()
  for (const owner of ['ann', 'bob'])
    script.add(owner, { type: 'AccountOpened', data: { owner, currency: 'USD', creditLimit: '0.00' } })
  for (let i = 0; i < n; i++) {
    const data = { order: uuid(i), buyer: 'ann', seller: 'bob', amount: '1.00', currency: 'USD' }
    script.add('ann', { type: 'Traded', data })
  }
  return script.events
}

const batchOf = (events: readonly LedgerEvent[]) => ({ events, positions: events.map(({ leaf }) => (leaf + 1) * 10) })

const foldWhole = async (
  views: MemoryViewStore,
  log: TestLog,
  projection: AnyProjection = ledger,
): Promise<ViewBuild> => {
  const build = await views.createBuild(specOf(projection))
  const runner = await openRunner({ projection, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: runner, signal: never })
  return build
}

t.test('a build is brought up to the end of the log and keeps its checkpoint', async (t) => {
  const log = new TestLog().push(trades(3))
  const views = createMemoryViewStore()
  const done: number[] = []
  const build = await views.createBuild(specOf(projection))
  const runner = await openRunner({ projection, build, log, sleep: noSleep })
  await runner.handle(batchOf([]), never)
  t.equal(runner.checkpoint, null)
  await catchUp({ log, decode, consumer: runner, progress: (n) => done.push(n), signal: never })
  t.same(done, [5])
  t.same(await build.checkpoint(), { epoch: 'epoch-1', position: 50, id: uuid(4), leaf: 4, context: {} })
  t.match(await build.documents(['ann']), [{ at: 4, body: { actual: '-3.00' } }])
  log.push(trades(4).slice(5))
  const again = await openRunner({ projection, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: again, signal: never })
  t.match(await build.documents(['bob']), [{ at: 5, body: { actual: '4.00' } }])
  t.equal(again.name, 'ledger')
})

t.test('a build that another process has dropped is given up at once', async (t) => {
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  const commit = async (): Promise<void> => {
    throw new BuildGone('dropped')
  }
  const sleep = async (): Promise<void> => {
    throw new Error('it was tried again')
  }
  const log = new TestLog()
  const runner = await openRunner({ projection, build: { ...build, commit }, log, sleep })
  await t.rejects(runner.handle(batchOf(trades(1)), never), { code: 'view_build_gone' })
})

t.test('events that a projection does not handle only move its checkpoint', async (t) => {
  const log = new TestLog().push(trades(3))
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  const runner = await openRunner({ projection: { ...projection, handles: [] }, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: runner, signal: never })
  t.equal((await build.checkpoint())?.leaf, 4)
  t.equal(await contents(build), '')
})

t.test('an event that points to an entry that is not there changes nothing', async (t) => {
  const log = new TestLog().push(trades(3))
  const views = createMemoryViewStore()
  const build = await views.createBuild(specOf(projection))
  const pointing = { ...projection, rowKeys: () => [{ key: 'nobody', leaf: 3 }] }
  const runner = await openRunner({ projection: pointing, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: runner, signal: never })
  t.equal(await contents(build), await contents(await foldWhole(views, log)))
})

t.test('a long log is caught up page by page', async (t) => {
  const log = new TestLog().push(trades(10_100))
  const done: number[] = []
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  const runner = await openRunner({ projection, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: runner, progress: (n) => done.push(n), signal: never })
  t.same(done.slice(-2), [10_000, 10_102])
  t.match(await build.documents(['bob']), [{ body: { actual: '10100.00' } }])
})

t.test('documents alone are kept where a projection has no rows', async (t) => {
  const log = new TestLog().push(trades(3))
  const build = await createMemoryViewStore().createBuild({ ...specOf(projection), rows: null })
  const bare = { ...projection, rows: null, rowKeys: () => [] }
  const runner = await openRunner({ projection: bare, build, log, sleep: noSleep })
  await catchUp({ log, decode, consumer: runner, signal: never })
  t.equal((await contents(build)).split('\n').length, 2)
})

t.test('a checkpoint of another log is refused until the view is rebuilt', async (t) => {
  const log = new TestLog().push(trades(3))
  const build = await foldWhole(createMemoryViewStore(), log)
  const mismatch = { code: 'view_checkpoint_mismatch' }
  const open = (other: TestLog) => openRunner({ projection, build, log: other, sleep: noSleep })
  await t.rejects(open(new TestLog('epoch-2').push(trades(3))), mismatch)
  await t.rejects(open(new TestLog().push(trades(2))), mismatch, 'cut off')
  const changed = trades(3).map((event) => ({ ...event, id: uuid(77) }))
  await t.rejects(open(new TestLog().push(changed)), mismatch, 'another event there')
})

t.test('a full or failing store is tried again, and shown until it works', async (t) => {
  const log = new TestLog().push(trades(3))
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  const failures = [new ViewStoreFull('full'), new Error('gone'), 'text', new Error('gone')]
  const waits: [number, string | undefined][] = []
  const sleep: Sleep = async (ms) => {
    waits.push([ms, runner.trouble?.code])
  }
  const commit: ViewBuild['commit'] = async (batch) => {
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    return build.commit(batch)
  }
  const runner: Runner = await openRunner({ projection, build: { ...build, commit }, log, sleep })
  await catchUp({ log, decode, consumer: runner, signal: never })
  t.same(waits, [
    [50, 'views_full'],
    [100, 'views_failed'],
    [200, 'views_failed'],
    [400, 'views_failed'],
  ])
  t.equal(runner.trouble, null)
  t.match(await build.documents(['ann']), [{ at: 4 }])
})

t.test('a batch given up in the middle is folded again later', async (t) => {
  const events = trades(3)
  const log = new TestLog().push(events)
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  let broken = true
  const commit: ViewBuild['commit'] = (batch) => (broken ? Promise.reject(new Error('gone')) : build.commit(batch))
  const stop = new AbortController()
  const runner = await openRunner({ projection, build: { ...build, commit }, log, sleep: async () => stop.abort() })
  await t.rejects(runner.handle(batchOf(events), stop.signal), { name: 'AbortError' })
  broken = false
  await runner.handle(batchOf(events), never)
  t.match(await build.documents(['ann', 'bob']), [{ body: { actual: '-3.00' } }, { body: { actual: '3.00' } }])
})

t.test('a stored document that cannot be read stops the runner', async (t) => {
  const events = trades(1)
  const log = new TestLog().push(events)
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  for (const actual of [5, 'x']) {
    const documents: ViewBuild['documents'] = async () => [
      { key: 'ann', at: 0, body: { name: 'ann', currency: 'USD', creditLimit: '0.00', actual, held: '0.00' } },
    ]
    const runner = await openRunner({ projection, build: { ...build, documents }, log, sleep: noSleep })
    await t.rejects(runner.handle(batchOf(events), never))
  }
})

t.test('catching up stops at bytes that cannot be decoded, with all before them folded', async (t) => {
  const log = new TestLog().push(trades(3), [3])
  const build = await createMemoryViewStore().createBuild(specOf(projection))
  const runner = await openRunner({ projection, build, log, sleep: noSleep })
  await t.rejects(catchUp({ log, decode, consumer: runner, signal: never }), {
    code: 'undecodable',
    message: /account-ann at revision 2/,
    stopped: { position: 40 },
  })
  t.equal((await build.checkpoint())?.leaf, 2)
  const empty = new TestLog().push(trades(3), [0])
  await t.rejects(foldWhole(createMemoryViewStore(), empty), { code: 'undecodable' })
})

interface Parts {
  readonly projection: AnyProjection
  readonly log: TestLog
  readonly lazy: () => boolean
}

/** A process that follows the log with its own cache, and dies with its batch cut off after some single writes. */
const crashing = async (views: MemoryViewStore, build: ViewBuild, parts: Parts) => {
  const { log } = parts
  let runner: Runner | null = null
  return async (bite: number, writes: number): Promise<void> => {
    runner ??= await openRunner({ ...parts, build, sleep: noSleep, cached: 1 })
    const from = (runner.checkpoint?.leaf ?? -1) + 1
    const recorded = log.events.slice(from, from + bite)
    const events = recorded.map((one, i) => ({ ...decode(one), leaf: from + i }))
    const dies = new AbortController()
    const sleep: Sleep = async () => dies.abort()
    if (writes < 30) {
      views.failAfter(writes)
      runner = await openRunner({ ...parts, build, sleep, cached: 1 })
      // Its checkpoint in the store may lie behind what the process before it had passed.
      const begin = (runner.checkpoint?.leaf ?? -1) + 1
      const rest = log.events.slice(begin, from + bite).map((one, i) => ({ ...decode(one), leaf: begin + i }))
      await runner.handle(batchOf(rest), dies.signal).catch(() => {})
      await runner.settle(AbortSignal.abort()).catch(() => {})
      views.failAfter(Number.POSITIVE_INFINITY)
      runner = null
    } else await runner.handle(batchOf(events), never)
  }
}

t.test(
  'two runners with caches of their own, overlapping and dying between writes, converge to a fresh fold',
  async (t) => {
    const turn = fc.record({ who: fc.nat(1), bite: fc.integer({ min: 1, max: 9 }), writes: fc.nat(50) })
    // All that the ledger takes, or so little that most batches hold nothing of it.
    const taken = fc.oneof(
      fc.constant(ledger.handles),
      fc.subarray([...ledger.handles], { maxLength: 4 }).map((some) => ['AccountOpened' as const, ...some]),
    )
    let done = 0
    await fc.assert(
      fc.asyncProperty(
        scripts,
        fc.array(turn, { maxLength: 15 }),
        taken,
        fc.boolean(),
        async (events, turns, handles, waits) => {
          const projection: AnyProjection = { ...ledger, handles }
          const log = new TestLog().push(events)
          const views = createMemoryViewStore()
          const build = await views.createBuild(specOf(projection))
          const parts = { projection, log, lazy: () => waits }
          const runners = [await crashing(views, build, parts), await crashing(views, build, parts)]
          for (const { who, bite, writes } of turns) await runners[who]?.(bite, writes)
          const last = await openRunner({ projection, build, log, sleep: noSleep })
          await catchUp({ log, decode, consumer: last, signal: never })
          done += 1
          return (await contents(build)) === (await contents(await foldWhole(views, log, projection)))
        },
      ),
      { seed, numRuns: runs },
    )
    t.comment(`divergences 0 / ${done} runs, seed ${seed}`)
  },
)
