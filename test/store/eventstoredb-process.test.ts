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

interface Load {
  readonly streams: Map<string, ReturnType<typeof facts>>
  readonly acknowledged: string[]
  readonly unknown: string[]
}

/** Appends batches of five to streams of their own, eight at once, until the server is gone. */
const write = async (client: EventStoreDBClient, { streams, acknowledged, unknown }: Load): Promise<void> => {
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
  for (const enough of [5, 100, 200]) {
    const load: Load = { streams: new Map(), acknowledged: [], unknown: [] }
    const writing = write(client, load)
    while (load.acknowledged.length < enough) await pause(5)
    await double.kill()
    await writing
    await double.start()
    await repeat(client, `up-${randomUUID()}`, facts(1))
    const { streams, acknowledged, unknown } = load
    const found = async (stream: string): Promise<number> =>
      (await places(client.readStream(stream, { maxCount: 10 })).catch(() => [])).length
    const lost: string[] = []
    for (const stream of acknowledged) if ((await found(stream)) !== 5) lost.push(stream)
    t.same(lost, [], `of ${acknowledged.length} acknowledged appends none is lost`)
    for (const stream of unknown) {
      const stored = await found(stream)
      t.ok(stored === 0 || stored === 5, `an unknown one is stored whole or not at all: ${stored} of 5`)
      t.equal(await repeat(client, stream, streams.get(stream) ?? []), 4n, 'and repeating it settles it')
    }
  }
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
