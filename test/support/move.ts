import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { streamOf } from '../../src/ledger/streams.js'
import { projections } from '../../src/projections/projections.js'
import { compare } from '../../src/reports/compare.js'
import { copyLog } from '../../src/reports/copy.js'
import { encode } from '../../src/store/encode.js'
import { openEventStoreDb } from '../../src/store/eventstoredb.js'
import { type EventLog, type EventStore, NO_STREAM, type RecordedEvent } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import type { ViewBuild, ViewStore } from '../../src/views/port.js'
import { admin, sweeper } from './actors.js'
import { idOf } from './books.js'
import { startDouble } from './eventstoredb/double.js'
import { fc } from './fast-check.js'
import { NOW } from './given.js'
import { decode } from './loop.js'
import { Burst, type Keyed, prepare, Real } from './model.js'
import { type Drawn, drawnCommand } from './random-commands.js'
import { anyFact } from './random-facts.js'
import { folder } from './serving.js'

const seed = Number(process.env.COUNTERFOIL_SEED ?? 20261121)
const COMMANDS = 2_400
const AT_ONCE = 8
const TRADES = 3_000
const PAYERS = 20
const FACTS = 1_500
const { signal } = new AbortController()

/** So that most are not refused: by who may, of sound amounts between two, and few of what bars others. */
const willing = (drawn: Drawn, n: number): Keyed => {
  const rare = n % 10 === 0
  const [one, other] = drawn.accounts
  const command = {
    ...drawn,
    name: drawn.name === 'freeze' && !rare ? 'unfreeze' : drawn.name,
    actor: drawn.name === 'expire' ? sweeper : admin,
    accounts: [one, one === other ? `payer-${n % PAYERS}` : other],
    amount: Number(drawn.amount) > 0 && drawn.amount !== '1.001' ? drawn.amount : '0.25',
    hours: rare ? drawn.hours : 0,
  } as const
  return { command, key: n % 5 === 0 ? `k${n}` : null, at: n % 2 === 0 ? 0 : 1 }
}

/** Events of every type, bound by no rule, behind what lies in their streams. */
const append = async (store: EventStore): Promise<void> => {
  const metadata = { recordedAt: NOW, actor: 'root', correlationId: 'c', causationId: idOf(1) }
  for (const fact of fc.sample(anyFact, { seed, numRuns: FACTS })) {
    const stream = streamOf(fact)
    const [last] = await store.readStream(stream, { direction: 'backwards', max: 1 })
    const revision = last?.revision ?? NO_STREAM
    await store.append(stream, revision, [encode(fact, stream, revision, metadata)])
  }
}

/** Whatever the commands come to, all of their kinds; then many trades among many accounts; then anything at all. */
const fill = async (store: EventStore): Promise<void> => {
  const real = await prepare(new Real([store, store], { arm: () => undefined, wait: () => setImmediate() }))
  const [one] = real.processes
  const payer = (n: number): string => `payer-${n % PAYERS}`
  const recharge = (n: number) => ({ account: payer(n), amount: '1000', method: 'bank', opens: true })
  await Promise.all(Array.from({ length: PAYERS }, (_, n) => one.ask('recharge', recharge(n))))
  const drawn = fc.sample(drawnCommand(['ann', 'bob', 'eve', 'fay']), { seed, numRuns: COMMANDS })
  const keyed = drawn.map((command, n) => willing(command, n))
  for (let from = 0; from < COMMANDS; from += AT_ONCE) {
    await new Burst(keyed.slice(from, from + AT_ONCE), []).run({}, real)
  }
  for (let done = 0; done < TRADES; done += 250) {
    const trades = Array.from({ length: 250 }, (_, n) => ({
      buyer: payer(n),
      seller: payer(n + 1 + done),
      amount: '0.01',
    }))
    await Promise.all(trades.filter(({ buyer, seller }) => buyer !== seller).map((trade) => one.ask('trade', trade)))
  }
  for (const process of real.processes) await process.stop()
  await append(store)
}

/** All events, each as text without its position; the index is the leaf number. */
const textsOf = async (log: EventLog): Promise<readonly string[]> => {
  const page: readonly RecordedEvent[] = await log.readLog({ after: null, max: 1_000_000 })
  return page.map(({ position: _, ...event }) => JSON.stringify(event))
}

const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex')

/** A new build of each projection. */
const viewsOf = async (log: EventLog, views: ViewStore): Promise<readonly ViewBuild[]> => {
  const builds: ViewBuild[] = []
  for (const projection of projections) {
    const build = await views.createBuild(specOf(projection))
    const runner = await openRunner({ projection, build, log, sleep: async () => undefined, deferred: true })
    await catchUp({ log, decode, consumer: runner, signal })
    await runner.settle(signal)
    await build.finish()
    builds.push(build)
  }
  return builds
}

/** Every document and every row of the builds, in order, as text. */
const contentOf = async (builds: readonly ViewBuild[]): Promise<readonly string[]> => {
  const lines: string[] = []
  for (const build of builds) {
    for await (const document of build.allDocuments()) lines.push(`document ${JSON.stringify(document)}`)
    for await (const row of build.allRows()) lines.push(`row ${JSON.stringify(row)}`)
  }
  return lines
}

/** From SQLite to EventStoreDB, which restarts meanwhile and loses answers, and back to SQLite; views of all three in `views`. */
export const moveThereAndBack = async (t: Test, views: ViewStore): Promise<void> => {
  t.comment(`COUNTERFOIL_SEED=${seed}`)
  const sqlite = async (name: string): Promise<EventStore> => {
    const store = await openSqliteEventStore({ path: join(folder(t), name), log: () => undefined })
    t.teardown(() => store.close())
    return store
  }
  const first = await sqlite('first.db')
  await fill(first)
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const { connectionString: connection } = double
  const there = await openEventStoreDb({ connection, prefix: 'ledger-', log: () => undefined })
  t.teardown(() => there.close())
  const back = await sqlite('back.db')

  const events = await textsOf(first)
  const types = new Set(events.map((text): string => JSON.parse(text).type))
  const older = new Set<string>(upcasts.map(({ from }) => from))
  const newest = catalogue.map(({ storedType }) => storedType).filter((type) => !older.has(type))
  t.strictSame([...types].sort(), newest.sort(), 'every type of event is there')
  t.ok(events.length > TRADES)
  t.comment(`${events.length} events`)

  await double.fault({ kind: 'drop', stream: 'ledger-', count: 3 })
  let restarted: Promise<void> | null = null
  const progress = (step: string, done: number): void => {
    if (step === 'copy' && done > events.length / 2) restarted ??= double.fault({ kind: 'restart', milliseconds: 100 })
  }
  t.strictSame(await copyLog({ from: first, to: there, wait, progress, signal }), {
    events: events.length,
    copied: events.length,
  })
  await restarted
  const done = await copyLog({ from: there, to: back, wait, progress: () => undefined, signal })
  t.strictSame(done, { events: events.length, copied: events.length })

  for (const log of [there, back]) {
    const copied = await textsOf(log)
    t.equal(copied.length, events.length)
    t.equal(
      copied.findIndex((text, leaf) => text !== events[leaf]),
      -1,
      'the first that differs',
    )
  }
  t.equal(new Set([first, there, back].map(({ epoch }) => epoch)).size, 3, 'each is a store of its own')

  const stores: (readonly ViewBuild[])[] = []
  for (const log of [first, there, back]) stores.push(await viewsOf(log, views))
  const contents: (readonly string[])[] = []
  for (const builds of stores) contents.push(await contentOf(builds))
  const [content = []] = contents
  t.ok(content.length > events.length)
  t.comment(`${content.length} documents and rows of ${projections.length} projections`)
  t.equal(new Set(contents.map(digest)).size, 1, 'byte for byte')
  const [before = [], ...others] = stores
  for (const after of others) {
    const found = { compared: 0, moved: 0, different: 0 }
    for (const [n, build] of after.entries()) {
      const first = before[n] ?? build
      const { compared, moved, different } = await compare(first, build)
      found.compared += compared
      found.moved += moved
      found.different += different
      const { leaf, id, context } = (await first.checkpoint()) ?? { leaf: -1, id: '', context: {} }
      t.match(await build.checkpoint(), { leaf, id, context })
    }
    t.strictSame(found, { compared: content.length, moved: 0, different: 0 })
  }
}
