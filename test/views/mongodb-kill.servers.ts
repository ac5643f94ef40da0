import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { catchUp } from '../../src/follower/catch-up.js'
import { openRunner, type Sleep, specOf } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { openMongoViewReader, openMongoViewStore } from '../../src/views/mongodb.js'
import type { ViewBuild } from '../../src/views/port.js'
import { Script, uuid } from '../contract/events.js'
import { contents } from '../contract/view-store.js'
import { decode, TestLog } from '../follower/log.js'
import { startMongo } from '../support/mongodb.js'

/** The server of the tests looks through a whole collection for a guarded write, so not many. */
const EVENTS = 3_000
const ACCOUNTS = 40
const KILLS = Number.parseInt(process.env.COUNTERFOIL_KILLS ?? '', 10) || 5

/** Trades among accounts, now and then one that is asked back: a row of long ago changes. */
const log = (() => {
  const script = new Script()
  const name = (n: number): string => `a${n % ACCOUNTS}`
  for (let n = 0; n < ACCOUNTS; n++)
    script.add(name(n), { type: 'AccountOpened', data: { owner: name(n), currency: 'USD', creditLimit: '0.00' } })
  while (script.events.length < EVENTS) {
    const n = script.events.length
    const [buyer, seller] = [name(n), name(n * 7 + 1 + (n % 5))]
    if (buyer === seller) script.add(buyer, { type: 'AccountFrozen', data: { account: buyer, reason: 'audit' } })
    else script.add(buyer, { type: 'Traded', data: { order: uuid(n), buyer, seller, amount: '0.10', currency: 'USD' } })
    const before = script.events[n - 500]
    if (n % 30 !== 0 || before?.type !== 'Traded') continue
    const data = { ...before.data, orderLeaf: before.leaf, refund: uuid(n + 1_000_000) }
    script.add(before.data.seller, { type: 'RefundRequested', data })
  }
  return new TestLog().push(script.events)
})()

const sleep: Sleep = async (milliseconds) => {
  await pause(Math.min(milliseconds, 200))
}
const spec = specOf(ledger)
const { signal } = new AbortController()

const project = async (build: ViewBuild): Promise<void> => {
  const runner = await openRunner({ projection: ledger, build, log, sleep, cached: 10 })
  await catchUp({ log, decode, consumer: runner, signal })
}

t.test('the server is killed in the middle of batches: two projectors go on, and end at a fresh fold', async (t) => {
  const server = await startMongo(t, { file: join(t.testdir(), 'views.mv') })
  const connection = server.url('views')
  const store = await openMongoViewStore({ connection })
  const other = await openMongoViewStore({ connection })
  t.teardown(() => Promise.all([store.close(), other.close()]))
  const build = await store.createBuild(spec)
  let working = true
  const done = Promise.all([project(build), project(await other.openBuild(spec, build.name))]).finally(() => {
    working = false
  })
  let [kills, longest] = [0, 0]
  while (working && kills < KILLS) {
    await pause(600 + ((kills * 337) % 900))
    const from = performance.now()
    const before = (await build.checkpoint())?.leaf ?? -1
    await server.kill()
    await server.restart()
    kills += 1
    const after = (await build.checkpoint())?.leaf ?? -1
    t.ok(after >= before, 'what was acknowledged is there')
    longest = Math.max(longest, performance.now() - from)
  }
  await done
  const wanted = await createMemoryViewStore().createBuild(spec)
  await project(wanted)
  t.ok((await contents(build)) === (await contents(wanted)), 'byte for byte')
  t.ok(kills >= Math.min(3, KILLS), 'it was killed while they worked')
  t.comment(`${kills} kills, ${EVENTS} events, two projectors; longest outage ${Math.round(longest)} ms`)
})

t.test(
  'a reader waits no longer than seconds for a server that is gone, and reads again when it is back',
  async (t) => {
    const server = await startMongo(t, { file: join(t.testdir(), 'views.mv') })
    const connection = server.url('views')
    const store = await openMongoViewStore({ connection })
    const reader = await openMongoViewReader({ connection })
    t.teardown(() => Promise.all([store.close(), reader.close()]))
    const build = await store.createBuild(spec)
    await build.commit({ rows: [], documents: [{ key: 'a', at: 1, body: {} }] })
    await store.makeLive('ledger', build.name)
    t.equal((await reader.document('ledger', 'a'))?.at, 1)
    await server.kill()
    const from = performance.now()
    await t.rejects(reader.document('ledger', 'a'), { code: 'views_unreachable' })
    t.ok(performance.now() - from < 8_000)
    await server.restart()
    t.equal((await reader.document('ledger', 'a'))?.at, 1)
  },
)
