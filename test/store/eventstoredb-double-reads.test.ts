/** How EventStoreDB was seen to behave, shown on the double or a real server as in eventstoredb-double.test.ts: reads and subscriptions. */

import { randomUUID } from 'node:crypto'
import { BACKWARDS, END, eventTypeFilter, START, streamNameFilter } from '@eventstore/db-client'
import t from 'tap'
import { confirmed, fact, facts, failure, places, take } from '../support/eventstoredb/client.js'
import { serve } from '../support/eventstoredb/world.js'

const { client, fresh, prefix, read } = await serve(t)

t.test('a stream is read both ways; backwards only from an explicit end', async (t) => {
  const stream = fresh()
  await client.appendToStream(stream, facts(5))
  const from = (fromRevision: bigint | 'start' | 'end', direction: 'forwards' | 'backwards', maxCount = 10) =>
    places(client.readStream(stream, { fromRevision, direction, maxCount }))
  const at = (...revisions: number[]): string[] => revisions.map((revision) => `${stream}@${revision}`)
  t.same(await from(START, 'forwards', 2), at(0, 1))
  t.same(await from(3n, 'forwards'), at(3, 4))
  t.same(await from(9n, 'forwards'), [])
  t.same(await from(END, 'backwards', 2), at(4, 3))
  t.same(await from(1n, 'backwards'), at(1, 0))
  t.same(await places(client.readStream(stream, { direction: BACKWARDS, maxCount: 10 })), at(0), 'from its start')
  t.equal((await failure(from(START, 'forwards', 0))).type, 'unknown')
})

t.test('a stream that is missing cannot be read', async (t) => {
  const stream = fresh()
  t.match(await failure(read(stream)), { name: 'StreamNotFoundError', type: 'stream-not-found', streamName: stream })
})

t.test('$all is read from a position on, backwards from the event before it, whatever filter is given', async (t) => {
  const [a, b] = [fresh(), fresh()]
  const { position } = await client.appendToStream(a, fact())
  await client.appendToStream(b, facts(2))
  if (position === undefined) throw new Error('no position')
  const filtered = { fromPosition: position, maxCount: 1000, filter: streamNameFilter({ prefixes: [b] }) }
  const found = await places(client.readAll(filtered))
  t.equal(found[0], `${a}@0`)
  t.same(
    found.filter((place) => place.startsWith(b)),
    [`${b}@0`, `${b}@1`],
  )
  const before = await places(client.readAll({ fromPosition: position, direction: BACKWARDS, maxCount: 3 }))
  t.notOk(before.includes(`${a}@0`))
  const last = await places(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 10 }))
  t.ok(last.indexOf(`${b}@1`) < last.indexOf(`${b}@0`))
  t.same(await places(client.readAll({ fromPosition: END, maxCount: 10 })), [])
  t.ok(
    (await places(client.readAll({ maxCount: 10 }))).some((place) => place.startsWith('$')),
    'streams of the server lie there too',
  )
})

t.test('a subscription goes on after its start, from the past to the present, without gap or double', async (t) => {
  const stream = fresh()
  const { position } = await client.appendToStream(stream, fact())
  if (position === undefined) throw new Error('no position')
  const filter = streamNameFilter({ prefixes: [stream] })
  const writing = (async () => {
    for (let i = 0; i < 60; i += 1) await client.appendToStream(i % 2 ? stream : fresh(), facts(1 + (i % 4)))
  })()
  const all = take(client.subscribeToAll({ fromPosition: position, filter }), 90)
  const one = take(client.subscribeToStream(stream, { fromRevision: 10n }), 80)
  await writing
  const expected = Array.from({ length: 90 }, (_, i) => `${stream}@${i + 1}`)
  t.same(await all, expected)
  t.same(await one, expected.slice(10))
})

t.test('a subscription from the end sees only what comes', async (t) => {
  const stream = fresh()
  await client.appendToStream(stream, fact())
  const all = client.subscribeToAll({ fromPosition: END, filter: streamNameFilter({ prefixes: [stream] }) })
  const one = client.subscribeToStream(stream, { fromRevision: END })
  const missing = client.subscribeToStream(`${stream}-not-yet`)
  await Promise.all([all, one, missing].map(confirmed))
  await client.appendToStream(stream, fact())
  await client.appendToStream(`${stream}-not-yet`, fact())
  t.same(await take(all, 1), [`${stream}@1`])
  t.same(await take(one, 1), [`${stream}@1`])
  t.same(await take(missing, 1), [`${stream}-not-yet@0`])
})

t.test('a filter takes prefixes or a regular expression, of streams or of types', async (t) => {
  const [a, b] = [`${fresh()}-a`, `${fresh()}-b`]
  const { position } = await client.appendToStream(a, fact(randomUUID(), {}, 'First.v1'))
  await client.appendToStream(b, [fact(randomUUID(), {}, 'First.v1'), fact(randomUUID(), {}, 'Second.v1')])
  await client.appendToStream(a, fact(randomUUID(), {}, 'Second.v1'))
  if (position === undefined) throw new Error('no position')
  const from = { fromPosition: position }
  const prefixes = streamNameFilter({ prefixes: [a, b] })
  t.same(await take(client.subscribeToAll({ ...from, filter: prefixes }), 3), [`${b}@0`, `${b}@1`, `${a}@1`])
  const regex = streamNameFilter({ regex: `^${prefix}.*-b$` })
  t.same(await take(client.subscribeToAll({ ...from, filter: regex }), 2), [`${b}@0`, `${b}@1`])
  const type = eventTypeFilter({ regex: '^Second' })
  t.same(await take(client.subscribeToAll({ ...from, filter: type }), 2), [`${b}@1`, `${a}@1`])
  const types = eventTypeFilter({ prefixes: ['First.', 'Second.'] })
  t.same(await take(client.subscribeToAll({ ...from, filter: types }), 3), [`${b}@0`, `${b}@1`, `${a}@1`])
})

t.test('a checkpoint tells how far a filter has looked', async (t) => {
  const start = await client.appendToStream(fresh(), fact())
  const last = await client.appendToStream(fresh(), facts(100))
  if (start.position === undefined || last.position === undefined) throw new Error('no position')
  const reached: bigint[] = []
  await new Promise<void>((resolve, reject) => {
    const filter = streamNameFilter({
      prefixes: [`${prefix}nothing`],
      checkpointReached: async (subscription, { commit }) => {
        reached.push(commit)
        if (commit < (last.position?.commit ?? 0n)) return
        await subscription.unsubscribe()
        resolve()
      },
    })
    client
      .subscribeToAll({ fromPosition: start.position ?? START, filter })
      .once('error', reject)
      .resume()
  })
  t.ok(reached.length > 1)
  t.same(
    reached,
    reached.toSorted((a, b) => (a < b ? -1 : 1)),
  )
})
