/** What a client sees of an EventStoreDB that fails: the faults of the double, one by one. Nothing here can be asked of a real server. */
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type EventStoreDBClient, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client'
import t, { type Test } from 'tap'
import { confirmed, connect, fact, facts, failure, places, take } from '../support/eventstoredb/client.js'
import { type Double, type DoubleOptions, startDouble } from '../support/eventstoredb/double.js'
import { ANY } from '../support/eventstoredb/expected.js'
import { Log } from '../support/eventstoredb/log.js'
import { folder } from './support.js'

const skip =
  process.env.COUNTERFOIL_TEST_EVENTSTORE === undefined
    ? false
    : 'a fault of the double: no real server does it on demand'
const fault = (name: string, run: (t: Test) => Promise<void>): void => void t.test(name, { skip }, run)

interface World {
  readonly double: Double
  readonly client: EventStoreDBClient
  readonly directory: string
}

const make = async (t: Test, options: Partial<DoubleOptions> = {}): Promise<World> => {
  const directory = folder(t)
  const double = await startDouble({ directory, ...options })
  t.teardown(() => double.stop())
  return { double, client: connect(t, double.connectionString), directory }
}

const read = (client: EventStoreDBClient, stream: string) => places(client.readStream(stream, { maxCount: 1000 }))

fault('a connection dropped before the answer: stored, and repeating it gets the answer', async (t) => {
  const { double, client } = await make(t)
  const events = facts(3)
  const send = () => client.appendToStream('s', events, { expectedRevision: NO_STREAM })
  await client.appendToStream('other', fact())
  await double.fault({ kind: 'drop', stream: 's' })
  const other = failure(client.appendToStream('other', facts(100)))
  t.match(await failure(send()), { name: 'UnavailableError', type: 'unavailable', code: 14 })
  await other.catch(() => 'answered before')
  t.equal((await send()).nextExpectedRevision, 2n)
  t.same(await read(client, 's'), ['s@0', 's@1', 's@2'])
})

fault('unavailable: nothing is stored; only the streams aimed at, only as often as said', async (t) => {
  const { double, client } = await make(t)
  await double.fault({ kind: 'unavailable', stream: 'a', count: 2 })
  t.equal((await client.appendToStream('b', fact())).success, true)
  t.match(await failure(client.appendToStream('a', fact())), { type: 'unavailable', code: 14 })
  const alone = { credentials: { username: 'admin', password: 'changeit' } }
  t.match(await failure(client.appendToStream('a', fact(), alone)), { type: 'unavailable', code: 14 })
  t.equal((await failure(read(client, 'a'))).type, 'stream-not-found')
  t.equal((await client.appendToStream('a', fact())).nextExpectedRevision, 0n)
  await double.fault({ kind: 'unavailable' })
  await double.fault({ kind: 'clear' })
  t.equal((await client.appendToStream('a', fact())).success, true)
})

fault('a late answer holds back only itself', async (t) => {
  const { double, client } = await make(t)
  await client.appendToStream('s', fact())
  await double.fault({ kind: 'late', milliseconds: 500 })
  const order: string[] = []
  const late = client.appendToStream('s', fact()).then(() => order.push('late'))
  await client.appendToStream('s', fact()).then(() => order.push('next'))
  t.same(await read(client, 's'), ['s@0', 's@1', 's@2'], 'it is stored at once')
  await late
  t.same(order, ['next', 'late'])
})

fault('frozen it answers nothing, then everything in order', async (t) => {
  const { double, client } = await make(t)
  await client.appendToStream('s', fact())
  const subscription = client.subscribeToStream('s')
  const taken = take(subscription, 3)
  await double.fault({ kind: 'freeze' })
  let answered = false
  const append = client.appendToStream('s', fact()).finally(() => {
    answered = true
  })
  const reading = read(client, 's')
  await pause(150)
  t.equal(answered, false)
  await double.fault({ kind: 'thaw' })
  t.equal((await append).nextExpectedRevision, 1n)
  t.same(await reading, ['s@0', 's@1'])
  await client.appendToStream('s', fact())
  t.same(await taken, ['s@0', 's@1', 's@2'])
})

fault('a restart: what is under way is unavailable, and after it the same place is still known', async (t) => {
  const { double, client } = await make(t)
  const [first, any] = [facts(2), fact()]
  const stored = await client.appendToStream('s', first, { expectedRevision: NO_STREAM })
  await client.appendToStream('s', any)
  t.equal((await client.appendToStream('s', any)).nextExpectedRevision, 2n)
  await double.fault({ kind: 'late', milliseconds: 60_000, stream: 'slow' })
  const slow = failure(client.appendToStream('slow', fact()))
  await pause(20)
  const restarting = double.fault({ kind: 'restart', milliseconds: 300 })
  t.match(await slow, { type: 'unavailable', code: 14 })
  const down = await failure(client.appendToStream('s', fact()))
  t.match(down, { name: 'Error', type: undefined, code: 14 }, 'while it is down the error has no type')
  await restarting
  let recovered = false
  for (let tries = 0; !recovered && tries < 100; tries += 1) {
    await pause(50)
    recovered = await client.appendToStream('s', first, { expectedRevision: NO_STREAM }).then(
      (again) => t.same(again, stored),
      () => false,
    )
  }
  t.ok(recovered, 'it recovers by itself, on the same client')
  t.equal((await client.appendToStream('s', any)).nextExpectedRevision, 3n, 'with any it is written once more')
})

fault('with any, an append is forgotten after very many others', async (t) => {
  const log = new Log(folder(t), Date.now)
  t.teardown(() => log.close())
  const proposed = () => ({
    id: randomUUID(),
    type: 'T',
    contentType: '',
    data: Buffer.alloc(0),
    metadata: Buffer.alloc(0),
  })
  const again = { stream: 's', expected: ANY, events: [proposed()] }
  log.append(again)
  t.match(log.append(again), { revision: 0 })
  for (let i = 0; i < 150; i += 1)
    log.append({ stream: 'many', expected: ANY, events: Array.from({ length: 1000 }, proposed) })
  t.match(log.append(again), { revision: 1 })
})

fault('22.10 drops a live subscription when one append of 500 events arrives; 24.2 does not', async (t) => {
  const { double, client } = await make(t, { version: '22.10' })
  const filter = streamNameFilter({ prefixes: ['s'] })
  const first = await client.appendToStream('s', fact())
  const seen: string[] = []
  const all = client.subscribeToAll({ fromPosition: START, filter })
  const ended: string[] = []
  all.on('end', () => ended.push('end')).on('close', () => ended.push('close'))
  all.on('data', ({ event }) => seen.push(`${event?.streamId}@${event?.revision}`))
  await confirmed(all)
  await client.appendToStream('s', facts(499))
  const foreign = await client.appendToStream('foreign', facts(500))
  const dropped = failure(new Promise((_, reject) => all.once('error', reject)))
  await client.appendToStream('s', facts(500))
  t.match(await dropped, { type: 'timeout', code: 10, message: /Consumer too slow/ })
  await pause(100)
  t.same(ended, [], 'neither end nor close')
  await client.appendToStream('s', fact())
  await pause(50)
  t.ok(seen.length >= 500 && seen.length < 1000, `it got ${seen.length} of 1001, then no more`)
  t.ok(foreign.success)

  await double.fault({ kind: 'version', version: '24.2' })
  const next = client.subscribeToAll({ fromPosition: first.position ?? START, filter })
  const rest = take(next, 1500)
  await pause(100)
  await client.appendToStream('s', facts(500))
  t.same(
    await rest,
    Array.from({ length: 1500 }, (_, i) => `s@${i + 1}`),
  )
})

fault('subscriptions are dropped on demand, also quiet ones', async (t) => {
  const { double, client } = await make(t)
  const subscriptions = [client.subscribeToAll(), client.subscribeToStream('s')]
  await Promise.all(subscriptions.map(confirmed))
  const errors = subscriptions.map((one) => failure(new Promise((_, reject) => one.once('error', reject))))
  await double.fault({ kind: 'drop-subscriptions' })
  for (const error of await Promise.all(errors)) t.match(error, { type: 'timeout', message: /too slow/ })
})

fault('subscriptions fall silent on demand; a new one goes on', async (t) => {
  const { double, client } = await make(t)
  await client.appendToStream('s', fact())
  const silent = client.subscribeToStream('s')
  const seen: bigint[] = []
  silent.on('data', ({ event }) => seen.push(event?.revision ?? -1n)).on('error', (error) => t.fail(String(error)))
  await confirmed(silent)
  await pause(50)
  await double.fault({ kind: 'stall-subscriptions' })
  await client.appendToStream('s', fact())
  t.same(await take(client.subscribeToStream('s'), 2), ['s@0', 's@1'])
  t.same(seen, [0n])
  await silent.unsubscribe()
})

fault('dropped connections end subscriptions with an error, and appends go on', async (t) => {
  const { double, client } = await make(t)
  const subscription = client.subscribeToAll()
  await confirmed(subscription)
  const error = failure(new Promise((_, reject) => subscription.once('error', reject)))
  await double.fault({ kind: 'drop-connections' })
  t.match(await error, { type: 'unavailable', code: 14 })
  await pause(50)
  t.equal((await client.appendToStream('s', fact())).success, true)
})

fault('its clock may be wrong: created is, and ahead of ours deadlines have passed', async (t) => {
  const { double, client } = await make(t)
  await double.fault({ kind: 'clock', milliseconds: -3_600_000 })
  await client.appendToStream('s', fact())
  for await (const { event } of client.readStream('s', { maxCount: 1 })) {
    const behind = Date.now() - (event?.created.getTime() ?? 0)
    t.ok(behind >= 3_600_000 && behind < 3_610_000)
  }
  await double.fault({ kind: 'clock', milliseconds: 60_000 })
  t.match(await failure(client.appendToStream('s', fact())), { type: 'deadline-exceeded' })
  t.equal((await client.appendToStream('s', fact(), { deadline: 120_000 })).success, true)
  t.same(await read(client, 's'), ['s@0', 's@1'])
})

fault('a position at which no event begins is an error', async (t) => {
  const { client } = await make(t)
  const { position } = await client.appendToStream('s', fact())
  const commit = (position?.commit ?? 0n) - 1n
  const off = { commit, prepare: commit }
  t.match(await failure(places(client.readAll({ fromPosition: off, maxCount: 1 }))), { type: 'unknown' })
  t.match(await failure(take(client.subscribeToAll({ fromPosition: off }), 1)), { type: 'unknown' })
})

fault('a frame torn by a kill is cut off, and what came before it is there', async (t) => {
  const { double, client, directory } = await make(t)
  const events = facts(2)
  await client.appendToStream('s', events, { expectedRevision: NO_STREAM })
  await double.stop()
  const torn = [Buffer.from([9]), Buffer.alloc(12, 1), Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.alloc(8, 7)])]
  for (const bytes of torn) {
    appendFileSync(join(directory, 'events.log'), bytes)
    const again = await startDouble({ directory })
    const other = connect(t, again.connectionString)
    t.same(await read(other, 's'), ['s@0', 's@1'])
    t.equal((await other.appendToStream(randomUUID(), fact())).success, true)
    await again.stop()
  }
})
