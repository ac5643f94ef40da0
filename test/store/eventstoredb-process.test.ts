/** The double in a process of its own: what a kill, a frozen server and a wrong word to its control do. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type EventStoreDBClient, NO_STREAM } from '@eventstore/db-client'
import t, { type Test } from 'tap'
import { connect, fact, facts, failure, places } from '../support/eventstoredb/client.js'
import { decodeFault } from '../support/eventstoredb/control.js'
import { type DoubleProcess, spawnDouble } from '../support/eventstoredb/process.js'
import { folder } from './support.js'

const skip =
  process.env.COUNTERFOIL_TEST_EVENTSTORE === undefined
    ? false
    : 'a fault of the double: no real server does it on demand'

const make = async (t: Test): Promise<{ double: DoubleProcess; client: EventStoreDBClient }> => {
  const double = await spawnDouble({ directory: folder(t) })
  t.teardown(() => double.kill())
  return { double, client: connect(t, double.connectionString) }
}

/** Appends batches of five to streams of their own until the server is gone: what was acknowledged, and what is unknown. */
const load = async (client: EventStoreDBClient, streams: Map<string, ReturnType<typeof facts>>) => {
  const acknowledged: string[] = []
  const unknown: string[] = []
  const writer = async (): Promise<void> => {
    while (unknown.length === 0) {
      const stream = `s-${randomUUID()}`
      const events = facts(5)
      streams.set(stream, events)
      await client.appendToStream(stream, events, { expectedRevision: NO_STREAM }).then(
        () => acknowledged.push(stream),
        () => unknown.push(stream),
      )
    }
  }
  await Promise.all(Array.from({ length: 8 }, writer))
  return { acknowledged, unknown }
}

/** The same append until the server answers. */
const repeat = async (
  client: EventStoreDBClient,
  stream: string,
  events: ReturnType<typeof facts>,
): Promise<bigint> => {
  for (let tries = 0; tries < 50; tries += 1) {
    const again = client.appendToStream(stream, events, { expectedRevision: NO_STREAM })
    const done = await again.catch(() => null)
    if (done !== null) return done.nextExpectedRevision
    await pause(20)
  }
  throw new Error('the server did not come back')
}

t.test('kill -9 loses nothing acknowledged and leaves no append half done', { skip }, async (t) => {
  const { double, client } = await make(t)
  let killed = 0
  for (const wait of [40, 120, 200]) {
    const streams = new Map<string, ReturnType<typeof facts>>()
    const loading = load(client, streams)
    await pause(wait)
    await double.kill()
    const { acknowledged, unknown } = await loading
    await double.start()
    await repeat(client, `up-${randomUUID()}`, facts(1))
    for (const stream of [...acknowledged, ...unknown]) {
      const found = await places(client.readStream(stream, { maxCount: 10 })).catch(() => [])
      t.ok(found.length === 5 || (found.length === 0 && unknown.includes(stream)), `${stream}: ${found.length} of 5`)
    }
    for (const stream of unknown) t.equal(await repeat(client, stream, streams.get(stream) ?? []), 4n)
    killed += acknowledged.length
  }
  t.ok(killed > 30, `3 kills, ${killed} acknowledged`)
})

t.test('a stopped process answers nothing: a batch append waits past its deadline', { skip }, async (t) => {
  const { double, client } = await make(t)
  await client.appendToStream('s', fact())
  double.freeze()
  let answered = false
  const append = failure(client.appendToStream('s', fact(), { deadline: 200 })).finally(() => {
    answered = true
  })
  await pause(1000)
  t.equal(answered, false)
  double.thaw()
  t.match(await append, { type: 'deadline-exceeded' }, 'by then its deadline has passed for the server')
  t.same(await places(client.readStream('s', { maxCount: 10 })), ['s@0'])
})

t.test('faults are armed over HTTP, and a wrong one is refused with a sentence', { skip }, async (t) => {
  const { double, client } = await make(t)
  await double.fault({ kind: 'unavailable', stream: 's', count: 1 })
  t.match(await failure(client.appendToStream('s', fact())), { type: 'unavailable' })
  await double.fault({ kind: 'restart' })
  await repeat(client, 's', facts(1))
  await double.stop()
  await double.start()
  t.same(await places(client.readStream('s', { maxCount: 10 })).catch(() => places(client.readStream('s'))), ['s@0'])
  for (const wrong of [
    '{}',
    '{"kind":"late"}',
    '{"kind":"clock"}',
    '{"kind":"version","version":"1"}',
    '{"kind":"no"}',
  ])
    t.throws(() => decodeFault(wrong), { message: /faults\.ts|milliseconds/ })
  const all = [
    { kind: 'late', milliseconds: 5, count: 2, stream: 's' },
    { kind: 'clock', milliseconds: -5 },
    { kind: 'version', version: '22.10' },
    { kind: 'restart', milliseconds: 5 },
    { kind: 'drop-subscriptions' },
  ]
  for (const one of all) t.same(decodeFault(JSON.stringify(one)), one)
})
