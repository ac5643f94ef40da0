import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { OutcomeUnknown, WrongExpectedRevision } from '../../src/store/errors.js'
import { openEventStoreDb } from '../../src/store/eventstoredb.js'
import { event, ids } from '../contract/names.js'
import { all, begin, insist, times, until } from '../support/eventstoredb/begun.js'
import { spawnDouble } from '../support/eventstoredb/process.js'
import { folder } from './support.js'

t.test('an answer that is lost leaves the outcome unknown, and the identical append tells', async (t) => {
  const { double, store } = await begin(t)
  await double.fault({ kind: 'drop', stream: 'ledger-lost' })
  await t.rejects(store.append('lost', -1, [event('a'), event('b')]), OutcomeUnknown)
  t.match(store.trouble(), { code: 'store_unreachable' })
  const again = await insist(store, 'lost', -1, [event('a'), event('b')])
  t.equal(again.revision, 1)
  t.equal(store.trouble(), null)
  const events = await store.readStream('lost', all)
  t.same(ids(events), ['a', 'b'])
  t.equal(events.at(-1)?.position, again.position)
})

t.test('an answer that is late leaves it unknown too, and harms nobody when it comes', async (t) => {
  const { double, store } = await begin(t)
  await double.fault({ kind: 'late', milliseconds: 1500, stream: 'ledger-late' })
  await t.rejects(store.append('late', -1, [event('a')]), /no answer within 1000 ms/)
  const again = await insist(store, 'late', -1, [event('a')])
  t.equal((await store.append('late', 0, [event('b')])).revision, 1)
  await sleep(500)
  t.equal((await store.append('late', 1, [event('c')])).revision, 2)
  t.equal((await store.readStream('late', all))[0]?.position, again.position)
})

t.test('an error on one stream may strike others: all of them tell by being repeated', async (t) => {
  const { double, store } = await begin(t)
  await double.fault({ kind: 'unavailable', stream: 'ledger-7', count: 3 })
  await double.fault({ kind: 'drop', stream: 'ledger-9', count: 2 })
  const streams = Array.from({ length: 300 }, (_, i) => `${i}`)
  const done = await Promise.all(streams.map((stream) => insist(store, stream, -1, [event(`${stream}-0`)])))
  t.ok(done.every(({ revision }) => revision === 0))
  t.equal((await store.readLog({ after: null, max: 1000 })).length, 300)
  t.equal(store.trouble(), null)
})

t.test('two stores in one thread: the trouble of one does not end the other', async (t) => {
  const { double, store, open } = await begin(t)
  const other = await open()
  await double.fault({ kind: 'late', milliseconds: 300, stream: 'ledger-other' })
  await double.fault({ kind: 'unavailable', stream: 'ledger-mine' })
  const theirs = t.rejects(other.append('other', -1, [event('o')]), OutcomeUnknown)
  await sleep(50)
  await t.rejects(store.append('mine', -1, [event('m')]), OutcomeUnknown)
  await theirs
  await sleep(400)
  t.equal((await insist(other, 'other', -1, [event('o')])).revision, 0)
  t.equal((await insist(store, 'mine', -1, [event('m')])).revision, 0)
  t.same(ids(await store.readLog({ after: null, max: 9 })), ['o', 'm'])
  await other.close()
})

t.test('a frozen server: nothing is lost, and the store says that it waits', async (t) => {
  const { double, store, said } = await begin(t)
  await store.append('s', -1, [event('s0')])
  await double.fault({ kind: 'freeze' })
  const streams = Array.from({ length: 200 }, (_, i) => `frozen-${i}`)
  const waiting = streams.map((stream) => insist(store, stream, -1, [event(stream)]))
  await t.rejects(store.readStream('s', all), { code: 'store_unreachable' })
  await until(() => store.trouble()?.code === 'store_unreachable')
  await sleep(4500)
  await double.fault({ kind: 'thaw' })
  await Promise.all(waiting)
  await until(() => store.trouble() === null)
  t.match(said, [/^store_unreachable: the event store does not answer: /, 'the event store answers again'])
  t.equal((await store.readLog({ after: null, max: 1000 })).length, 201)
})

t.test(
  'a process that is stopped, killed and started again under load loses nothing and doubles nothing',
  async (t) => {
    const server = await spawnDouble({ directory: folder(t) })
    const store = await openEventStoreDb({
      connection: server.connectionString,
      prefix: 'ledger-',
      log: () => {},
      times,
    })
    const controller = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const batch of store.subscribe({ after: null, signal: controller.signal })) seen.push(...ids(batch))
    })()
    let working = true
    const text = `{"text":"${'x'.repeat(4000)}"}`
    const writer = async (stream: string): Promise<number> => {
      let revision = 0
      for (; working; revision += 1) await insist(store, stream, revision - 1, [event(`${stream}-${revision}`, text)])
      return revision
    }
    const writers = Array.from({ length: 60 }, (_, i) => writer(`w${i}`))
    for (let round = 0; round < 3; round += 1) {
      await sleep(200)
      if (round === 1) server.freeze()
      await sleep(round === 1 ? 600 : 0)
      await server.kill()
      await sleep(100)
      await server.start()
    }
    await sleep(300)
    working = false
    const total = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0)
    const log = ids(await store.readLog({ after: null, max: 1_000_000 }))
    t.equal(log.length, total)
    t.equal(new Set(log).size, total)
    await until(() => seen.length >= total)
    t.same(seen, log)
    controller.abort()
    await following
    await store.close()
    await server.stop()
  },
)

for (const version of ['22.10', '24.2'] as const) {
  t.test(`${version}: a subscription that is dropped goes on without gap or double`, async (t) => {
    const { double, store, said } = await begin(t, { version })
    const controller = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const batch of store.subscribe({ after: null, signal: controller.signal })) seen.push(...ids(batch))
    })()
    for (let round = 0; round < 6; round += 1) {
      const events = Array.from({ length: 500 }, (_, i) => event(`r${round}-${i}`))
      await store.append(`round-${round}`, -1, events)
      await until(() => seen.length === 500 * (round + 1))
      if (round % 2 === 0) await double.fault({ kind: 'drop-subscriptions' })
    }
    t.same(seen, ids(await store.readLog({ after: null, max: 10_000 })))
    t.same(said, [], 'no trouble of the store')
    controller.abort()
    await following
  })
}

t.test('a subscription that falls silent is found out, also while nobody writes any more', async (t) => {
  const { double, store, said } = await begin(t)
  const controller = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const batch of store.subscribe({ after: null, signal: controller.signal })) seen.push(...ids(batch))
  })()
  await store.append('s', -1, [event('a')])
  await until(() => seen.length === 1)
  await double.fault({ kind: 'stall-subscriptions' })
  await store.append('s', 0, [event('b'), event('c')])
  await sleep(100)
  t.same(seen, ['a'])
  await until(() => seen.length === 3)
  await store.append('s', 2, [event('d')])
  await until(() => seen.length === 4)
  t.same(seen, ['a', 'b', 'c', 'd'])
  t.same(said, [])
  controller.abort()
  await following
})

t.test('streams of others disturb nothing', async (t) => {
  const { store, open } = await begin(t, { systemEventEvery: 1 })
  const others = await open({ prefix: 'ledgers-' })
  t.not(others.epoch, store.epoch)
  const { signal } = new AbortController()
  const following = store.subscribe({ after: null, signal })[Symbol.asyncIterator]()
  for (let i = 0; i < 50; i += 1) {
    await others.append('s', i - 1, [event(`other-${i}`)])
    if (i % 10 === 0) await store.append('s', i / 10 - 1, [event(`ours-${i}`)])
  }
  const log = await store.readLog({ after: null, max: 100 })
  t.same(ids(log), ['ours-0', 'ours-10', 'ours-20', 'ours-30', 'ours-40'])
  t.same(ids(await store.readLog({ after: log[1]?.position ?? null, max: 2 })), ['ours-20', 'ours-30'])
  const last = log.at(-1)?.position ?? null
  for (let i = 0; i < 3; i += 1) t.same(await store.readLog({ after: last, max: 100 }), [])
  const seen: string[] = []
  while (seen.length < 5) seen.push(...ids((await following.next()).value ?? []))
  t.same(seen, ids(log))
  const [foreign] = await others.readLog({ after: null, max: 1 })
  t.equal(await store.eventAt(foreign?.position ?? 0), undefined)
  await following.return?.()
  await others.close()
})

t.test('closing waits for answers, not for ever', async (t) => {
  const { double, open } = await begin(t)
  const store = await open()
  await double.fault({ kind: 'freeze' })
  const names = Array.from({ length: 200 }, (_, i) => `c${i}`)
  const outcomes = Promise.allSettled(names.map((stream) => store.append(stream, -1, [event(stream)])))
  // It fails just before the store closes, or because it does.
  const read = t.rejects(store.readLog({ after: null, max: 1 }), /closed|answer/)
  await sleep(150)
  const began = Date.now()
  await store.close()
  t.ok(Date.now() - began < 3000)
  await read
  const codes = (await outcomes).map((one) => one.status === 'rejected' && one.reason.code)
  t.same(new Set(codes), new Set(['outcome_unknown', 'store_closed']))
  t.equal(codes.filter((code) => code === 'outcome_unknown').length, 128)
  await double.fault({ kind: 'thaw' })
})

t.test('refusals of the server are what they are', async (t) => {
  const { store } = await begin(t)
  const id = randomUUID()
  await t.rejects(store.append('s', 3, [{ ...event('a'), id }]), new WrongExpectedRevision('s', 3, -1))
  t.equal(store.trouble(), null)
})
