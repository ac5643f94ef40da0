import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Kept } from '../../src/follower/kept.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { createProjector } from '../../src/follower/projector.js'
import { openRunner, type Sleep, specOf } from '../../src/follower/runner.js'
import { coupons } from '../../src/projections/coupons.js'
import { ledger } from '../../src/projections/ledger.js'
import { rebuild } from '../../src/reports/rebuild.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import type { ViewBuild, ViewStore } from '../../src/views/port.js'
import { Script, uuid } from '../contract/events.js'
import { decode, TestLog, until } from './log.js'

const { signal: never } = new AbortController()

const openings = (from: number, to: number) => {
  const script = new Script()
  for (let i = 0; i < to; i++)
    script.add(`a${i}`, { type: 'AccountOpened', data: { owner: `a${i}`, currency: 'USD', creditLimit: '0.00' } })
  return script.events.slice(from)
}

/** A projector whose store may refuse what the ledger writes; waits are short. */
const start = async (t: Test, waits: boolean) => {
  const store = createMemoryViewStore()
  const fate: { full: boolean; refusals: number; held: Promise<void> | null } = { full: false, refusals: 0, held: null }
  const wrap = (projection: string, build: ViewBuild): ViewBuild => ({
    ...build,
    commit: async (batch) => {
      if (fate.full && projection === ledger.name) {
        fate.refusals += 1
        throw new Error('full')
      }
      const { held } = fate
      fate.held = null
      await held
      await build.commit(batch)
    },
  })
  const views: ViewStore = {
    ...store,
    createBuild: async (spec) => wrap(spec.projection, await store.createBuild(spec)),
    openBuild: async (spec, name) => wrap(spec.projection, await store.openBuild(spec, name)),
  }
  const log = new TestLog().push(openings(0, 3))
  const told = new Map<string, readonly [number, number]>()
  const sleep: Sleep = (ms, signal) => pause(Math.min(ms, 100), undefined, { signal }).catch(() => undefined)
  const parts = { log, decode, views, sleep, lazy: () => waits }
  const projector = createProjector({
    ...parts,
    projections: [ledger, coupons],
    consumers: [],
    holder: null,
    now: () => performance.now(),
    onCheckpoint: (name, leaf, stored) => told.set(name, [leaf, stored]),
  })
  const stop = new AbortController()
  const done = projector.run(stop.signal)
  t.teardown(async () => {
    fate.full = false
    stop.abort()
    await done
  })
  await until(() => told.get('ledger')?.[0] === 2 && told.get('coupons')?.[0] === 2)
  const rebuilding = { ...parts, projector, progress: () => undefined, signal: never }
  return { fate, log, projector, store, told, rebuilding }
}

t.test('what a store refused while the build was swapped is not told of when it comes at last', async (t) => {
  const { fate, log, projector, store, told, rebuilding } = await start(t, true)
  fate.full = true
  log.push(openings(3, 4))
  await until(() => told.get('ledger')?.[0] === 3)
  const asked = projector.store('ledger')
  await until(() => fate.refusals > 0)
  fate.full = false
  await rebuild({ ...rebuilding, projection: ledger })
  t.same(told.get('ledger'), [3, 3])
  log.push(openings(4, 5))
  await until(() => told.get('ledger')?.[0] === 4)
  await asked
  await pause(150)
  t.equal(told.get('ledger')?.[0], 4)
  await projector.store('ledger')
  t.equal((await store.reader.document('ledger', 'a4'))?.at, 4)
})

t.test('nor what was on its way into the build that is no longer read', async (t) => {
  const { fate, log, projector, told, rebuilding } = await start(t, true)
  log.push(openings(3, 4))
  await until(() => told.get('ledger')?.[0] === 3)
  let letGo = (): void => undefined
  fate.held = new Promise((resolve) => {
    letGo = resolve
  })
  const asked = projector.store('ledger')
  await rebuild({ ...rebuilding, projection: ledger })
  told.delete('ledger')
  letGo()
  await asked
  t.notOk(told.has('ledger'))
})

for (const waits of [false, true]) {
  const kind = waits ? 'where batches wait' : 'where each is written at once'
  t.test(`a batch given up while another build was swapped comes again, ${kind}`, async (t) => {
    const { fate, log, projector, store, told, rebuilding } = await start(t, waits)
    fate.full = true
    log.push(openings(3, 4))
    await until(() => fate.refusals > 0)
    // What waits was passed already; the next one finds the store refusing.
    if (waits) log.push(openings(4, 5))
    await rebuild({ ...rebuilding, projection: coupons })
    fate.full = false
    const last = waits ? 4 : 3
    await until(() => told.get('ledger')?.[0] === last)
    await projector.store('ledger')
    t.equal((await store.reader.document('ledger', `a${last}`))?.at, last)
    t.match(projector.status()[0], { leaf: last, trouble: null })
  })
}

t.test('a build that could not take over is written to no more', async (t) => {
  const { log, projector, rebuilding, store } = await start(t, false)
  const made = await store.createBuild(specOf(coupons))
  let writes = 0
  const build: ViewBuild = {
    ...made,
    commit: async (batch) => {
      writes += 1
      await made.commit(batch)
    },
  }
  const runner = await openRunner({ ...rebuilding, projection: coupons, build, deferred: true })
  await runner.settle(never)
  log.push(openings(3, 1_300))
  const readLog = log.readLog.bind(log)
  let third = true
  log.readLog = async (options) => {
    const fails = third && options.max === 500 && options.after === 1_000 * 10
    third &&= !fails
    if (fails) throw new Error('away')
    return readLog(options)
  }
  await t.rejects(projector.replace(coupons, runner), { message: 'away' })
  log.readLog = readLog
  const before = writes
  t.ok(before > 0)
  t.notOk(third)
  await pause(250)
  t.equal(writes, before)
})

t.test('a row or a document that was written is no longer kept, whoever holds it', async (t) => {
  const plain = { encode: () => ({}), decode: () => ({}) }
  const projection: AnyProjection = { ...ledger, rowBody: plain, document: plain }
  const build = await createMemoryViewStore().createBuild(specOf(ledger))
  const kept = new Kept({
    projection,
    build,
    stored: null,
    attempt: (work) => work(),
    sleep: async () => undefined,
    lazy: () => true,
  })
  const row = { key: 'ann', leaf: 1, at: 1, value: {}, kept: true }
  const document = { key: 'ann', at: 1, value: {}, kept: true }
  kept.add({ rows: [row], documents: [document] }, { epoch: 'e', position: 1, id: uuid(1), leaf: 1, context: {} })
  t.equal(kept.row({ key: 'ann', leaf: 1 }), row)
  await kept.commit(never)
  t.match([row, document], [{ kept: false }, { kept: false }])
  t.equal(kept.row({ key: 'ann', leaf: 1 }), undefined)
})
