/**
 * How EventStoreDB was seen to behave, shown on the double: appends and connections. With COUNTERFOIL_TEST_EVENTSTORE=esdb://…
 * the same is asked of a real server, in streams of its own. What needs a server that fails is in eventstoredb-faults.test.ts.
 */
import { randomUUID } from 'node:crypto'
import { BACKWARDS, END, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client'
import t from 'tap'
import { confirmed, connect, fact, facts, failure } from '../support/eventstoredb/client.js'
import { serve } from '../support/eventstoredb/world.js'

const { append, client, connectionString, fresh, read } = await serve(t)

/** With credentials the client sends an append as a call of its own. */
const alone = { credentials: { username: 'admin', password: 'changeit' } }

t.test('an append answers with the revision and the position of its last event', async (t) => {
  const stream = fresh()
  const first = await client.appendToStream(stream, facts(3), { expectedRevision: NO_STREAM })
  t.match(first, { success: true, nextExpectedRevision: 2n, position: { commit: BigInt, prepare: BigInt } })
  const second = await client.appendToStream(stream, fact(), { expectedRevision: 2n })
  t.equal(second.nextExpectedRevision, 3n)
  for await (const { event } of client.readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 1 }))
    t.match(event, { revision: 3n, position: { ...second.position } })
  const [one = 0n, two = 0n] = [first.position?.commit, second.position?.commit]
  t.ok(two - one > 50n, 'positions grow by bytes')
})

t.test('an append to another revision than the last is refused', async (t) => {
  const stream = fresh()
  await append(stream, NO_STREAM, randomUUID(), randomUUID())
  const wrong = [
    [NO_STREAM, 1n],
    [0n, 1n],
    [2n, 1n],
  ] as const
  for (const [expectedVersion, actualVersion] of wrong)
    t.match(await failure(append(stream, expectedVersion, randomUUID())), {
      name: 'WrongExpectedVersionError',
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion,
      actualVersion,
      message: '',
    })
  const nowhere = fresh()
  t.match(await failure(append(nowhere, 0n, randomUUID())), { expectedVersion: 0n, actualVersion: 'no_stream' })
  const exists = client.appendToStream(nowhere, fact(), { expectedRevision: STREAM_EXISTS })
  t.match(await failure(exists), { type: 'wrong-expected-version', expectedVersion: 'stream_exists' })
})

t.test('the same ids at the same place succeed again, whatever they carry, and nothing is written', async (t) => {
  const stream = fresh()
  const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
  const first = await append(stream, NO_STREAM, a, b)
  await append(stream, 1n, c)
  const again = [fact(a, { other: 'payload' }), fact(b)]
  t.same(await client.appendToStream(stream, again, { expectedRevision: NO_STREAM }), first)
  t.equal((await append(stream, 1n, c)).nextExpectedRevision, 2n)
  t.equal((await client.appendToStream(stream, fact(c))).nextExpectedRevision, 2n, 'also with any, for a while')
  t.same(await read(stream), [`${stream}@0`, `${stream}@1`, `${stream}@2`])
})

t.test('ids of which a part is known, or known elsewhere, are a wrong version', async (t) => {
  const stream = fresh()
  const [a, b] = [randomUUID(), randomUUID()]
  await append(stream, NO_STREAM, a, b)
  const tries = [append(stream, NO_STREAM, a, randomUUID()), append(stream, NO_STREAM, randomUUID(), b)]
  tries.push(append(stream, NO_STREAM, b, a), append(stream, 0n, a), append(stream, NO_STREAM, a, b, randomUUID()))
  for (const one of tries) t.match(await failure(one), { type: 'wrong-expected-version', actualVersion: 1n })
  const partly = client.appendToStream(stream, [fact(a), fact()])
  t.match(await failure(partly), { type: 'wrong-expected-version', expectedVersion: 'any' })
  t.same(await read(stream), [`${stream}@0`, `${stream}@1`])
})

t.test('an append carries 1,048,576 bytes at most', async (t) => {
  const sized = (bytes: number) => fact(randomUUID(), { text: 'x'.repeat(bytes - '{"text":""}'.length - 2) }, 'T')
  for (const options of [{}, alone]) {
    const stream = fresh()
    t.match(await failure(client.appendToStream(stream, sized(1_048_577), options)), {
      name: 'MaxAppendSizeExceededError',
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1_048_576,
    })
    t.equal((await failure(read(stream))).type, 'stream-not-found')
    t.equal((await client.appendToStream(stream, sized(1_048_576), options)).success, true)
  }
})

t.test('an empty append succeeds and creates nothing', async (t) => {
  const stream = fresh()
  t.equal((await client.appendToStream(stream, [], { expectedRevision: NO_STREAM })).success, true)
  t.equal((await failure(read(stream))).type, 'stream-not-found')
})

t.test('a revision of -1 fails, and takes every other append under way with it', async (t) => {
  const others = [fresh(), fresh()].map((stream) => failure(client.appendToStream(stream, facts(200))))
  const wrong = await failure(client.appendToStream(fresh(), fact(), { expectedRevision: -1n }))
  t.match(wrong, { type: 'unknown' })
  for (const other of await Promise.all(others)) t.equal(other.type, 'unknown')
  t.equal((await client.appendToStream(fresh(), fact())).success, true, 'the next one succeeds')
})

t.test('an id that is no UUID is refused', async (t) => {
  t.match(await failure(client.appendToStream(fresh(), fact('a'))), { type: 'unknown' })
})

t.test('metadata of a stream lies in a stream of its own', async (t) => {
  const stream = fresh()
  await client.setStreamMetadata(stream, { maxCount: 5 })
  t.match(await client.getStreamMetadata(stream), { metadata: { maxCount: 5 } })
  t.match(await client.getStreamMetadata(fresh()), { metadata: undefined })
  t.same(await read(`$$${stream}`), [`$$${stream}@0`])
  t.equal((await failure(read(stream))).type, 'stream-not-found')
  const existing = await client.appendToStream(stream, fact(), { expectedRevision: STREAM_EXISTS })
  t.equal(existing.success, true, 'a stream with metadata counts as existing')
})

t.test('an event comes back as it went in, with the time of the server', async (t) => {
  const stream = fresh()
  const [id, before] = [randomUUID(), Date.now()]
  const data = { text: 'né \u0000 🙂' }
  await client.appendToStream(stream, { ...fact(id.toUpperCase(), data), metadata: { actor: '漢' } })
  for await (const { event } of client.readStream(stream, { maxCount: 1 })) {
    t.match(event, { id, data, metadata: { actor: '漢' }, type: 'Tested.v1', isJson: true, streamId: stream })
    const created = event?.created.getTime() ?? 0
    t.ok(created >= before - 5000 && created <= Date.now() + 5000)
  }
})

t.test('events of any size come back whole', async (t) => {
  const stream = fresh()
  const sized = (size: number) => ({
    ...fact(randomUUID(), { text: 'y'.repeat(200) }),
    metadata: { text: 'x'.repeat(size) },
  })
  const sizes = Array.from({ length: 300 }, (_, i) => 500 + i)
  for (const size of sizes) await client.appendToStream(stream, [sized(size), sized(size)])
  const found: number[] = []
  for await (const { event } of client.readStream(stream, { maxCount: 1000 }))
    found.push(JSON.stringify(event?.metadata).length + JSON.stringify(event?.data).length)
  t.same(
    found,
    sizes.flatMap((size) => [size + 222, size + 222]),
  )
})

t.test('an append as a call of its own behaves the same', async (t) => {
  const stream = fresh()
  const event = fact()
  const send = (expectedRevision: bigint | 'no_stream' | 'stream_exists' | 'any', events = [event]) =>
    client.appendToStream(stream, events, { ...alone, expectedRevision })
  const first = await send(NO_STREAM)
  t.match(first, { success: true, nextExpectedRevision: 0n, position: { commit: BigInt } })
  t.same(await send(NO_STREAM), first)
  const wrong = { type: 'wrong-expected-version', streamName: stream, actualVersion: 0n }
  t.match(await failure(send(NO_STREAM, [fact()])), { ...wrong, expectedVersion: NO_STREAM })
  t.match(await failure(send(5n)), { ...wrong, expectedVersion: 5n })
  t.match(await failure(send('any', [event, fact()])), { ...wrong, expectedVersion: 'any' })
  t.equal((await send(STREAM_EXISTS, [fact()])).nextExpectedRevision, 1n)
  t.match(await failure(client.appendToStream(fresh(), fact(), { ...alone, expectedRevision: 3n })), {
    type: 'wrong-expected-version',
    actualVersion: 'no_stream',
  })
})

t.test('a client carries 100 calls at once: the subscription after them hangs, and nobody says so', async (t) => {
  // Clients of one process share a connection, and its calls, unless their options differ.
  const crowded = connect(t, `${connectionString}&keepAliveInterval=10001`)
  await crowded.appendToStream(fresh(), fact())
  const open = Array.from({ length: 99 }, () => crowded.subscribeToStream(fresh()))
  await Promise.all(open.map(confirmed))
  const outcome = await Promise.race([
    confirmed(crowded.subscribeToStream(fresh())).then(() => 'confirmed'),
    new Promise((resolve) => setTimeout(resolve, 300, 'silence')),
  ])
  t.equal(outcome, 'silence')
})

t.test('a cluster is discovered by gossip; /info says leader', async (t) => {
  const { host } = new URL(connectionString.replace('esdb', 'http'))
  const discovering = connect(t, `esdb+discover://${host}?tls=false`)
  t.equal((await discovering.appendToStream(fresh(), fact())).success, true)
  t.match(await (await fetch(`http://${host}/info`)).json(), { state: 'leader' })
  t.equal((await fetch(`http://${host}/health/live`)).status, 204)
})
