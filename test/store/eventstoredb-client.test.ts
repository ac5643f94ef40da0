import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { AccessDeniedError, jsonEvent, MaxAppendSizeExceededError } from '@eventstore/db-client'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import t from 'tap'
import { AppendTooLarge, OutcomeUnknown, StoreUnreachable } from '../../src/store/errors.js'
import { Appender } from '../../src/store/eventstoredb/appender.js'
import { connect, Link } from '../../src/store/eventstoredb/client.js'
import { epochOf } from '../../src/store/eventstoredb/epoch.js'
import { detailOf, Health } from '../../src/store/eventstoredb/health.js'
import { namesOf } from '../../src/store/eventstoredb/names.js'
import { outgoing } from '../../src/store/eventstoredb/outgoing.js'
import { type Raw, type RawOptions, rawEvents } from '../../src/store/eventstoredb/raw.js'
import { Reader } from '../../src/store/eventstoredb/reader.js'
import { follow } from '../../src/store/eventstoredb/subscription.js'
import { event } from '../contract/names.js'
import { startDouble } from '../support/eventstoredb/double.js'
import { folder } from './support.js'

const job = (stream: string, bytes = 100) => ({
  stored: `ledger-${stream}`,
  stream,
  expected: -1,
  events: [outgoing(event(stream))],
  bytes,
})

/** An appender whose client answers as the test says; a promise that never settles is an answer that was lost. */
const fake = (answer: (stream: string) => Promise<unknown>, deadline = 30) => {
  const state = { renewed: 0, underWay: 0, most: 0, said: [] as string[] }
  const client = {
    appendToStream: async (stream: string) => {
      state.underWay += 1
      state.most = Math.max(state.most, state.underWay)
      try {
        return await answer(stream)
      } finally {
        state.underWay -= 1
      }
    },
  }
  const link = {
    client: async () => client,
    renew: () => {
      state.renewed += 1
    },
  }
  const health = new Health((message) => state.said.push(message))
  const parts = {
    link,
    health,
    deadline,
    reader: { positionOf: async (_: string, revision: number) => 1000 + revision },
  }
  return { state, appender: new Appender(parts as unknown as ConstructorParameters<typeof Appender>[0]), health }
}

t.test('where the server does not say the position, the event is looked up', async (t) => {
  const { appender } = fake(async () => ({ success: true, nextExpectedRevision: 4n }))
  t.same(await appender.append(job('s')), { revision: 4, position: 1004 })
})

t.test('a server that takes less at once says so for good', async (t) => {
  const error = MaxAppendSizeExceededError.fromMaxAppendSize(77)
  const { appender, health } = fake(() => Promise.reject(error))
  await t.rejects(appender.append(job('s')), new AppendTooLarge('the event store takes 77 bytes in one append'))
  t.equal(health.trouble, null)
  t.equal(appender.inDoubt('s'), false)
})

t.test('no more is under way than the client can take', async (t) => {
  const done = { success: true, nextExpectedRevision: 0n, position: { commit: 1n } }
  const held: (() => void)[] = []
  const { appender, state } = fake(() => new Promise((resolve) => held.push(() => resolve(done))), 2000)
  const all = Promise.all(Array.from({ length: 400 }, (_, i) => appender.append(job(`${i}`))))
  while (state.underWay < 128) await sleep(1)
  await sleep(20)
  t.equal(held.length, 128)
  while (state.underWay > 0) {
    for (const go of held.splice(0)) go()
    await sleep(1)
  }
  await all
  t.equal(state.most, 128)
  state.most = 0
  const large = Promise.all(Array.from({ length: 6 }, (_, i) => appender.append(job(`${i}`, 500_000))))
  const letting = setInterval(() => held.shift()?.(), 1)
  await large
  clearInterval(letting)
  t.equal(state.most, 1)
  await appender.drain()
})

t.test('a client that loses answers, or fails for long, is replaced', async (t) => {
  let answer = (): Promise<unknown> => new Promise(() => {})
  const { appender, state, health } = fake(() => answer())
  await t.rejects(appender.append(job('s')), OutcomeUnknown)
  t.ok(appender.inDoubt('s'))
  t.match(health.trouble, /no answer within 30 ms/)
  while (state.renewed === 0) await sleep(5)
  answer = () => Promise.reject(new Error('Failed to discover after 10 attempts.'))
  while (state.renewed === 1) {
    await t.rejects(appender.append(job('s')), /Failed to discover/)
    await sleep(5)
  }
  answer = async () => ({ success: true, nextExpectedRevision: 0n, position: { commit: 1n } })
  await appender.append(job('s'))
  t.equal(appender.inDoubt('s'), false)
  t.match(state.said, [/^store_unreachable: /, 'the event store answers again'])
})

t.test('a subscription that is silent where the log has grown is begun again', async (t) => {
  let begun = 0
  const client = {
    subscribeToAll: () => {
      begun += 1
      return Object.assign(new PassThrough(), { unsubscribe: () => Promise.reject(new Error('it has failed')) })
    },
  }
  const reader = { log: async () => (begun > 3 ? [] : [{}]) }
  const [ending, closing] = [new AbortController(), new AbortController()]
  const said: string[] = []
  const parts = {
    client,
    reader,
    names: namesOf('ledger-'),
    health: new Health((message) => said.push(message)),
    random: () => 0,
    silence: 10,
    closing: closing.signal,
  }
  const following = follow(parts as unknown as Parameters<typeof follow>[0], { after: 7, signal: ending.signal })
  const next = following.next()
  await sleep(700)
  ending.abort()
  t.same(await next, { value: undefined, done: true })
  t.equal(begun, 4, 'and then nothing was missed')
  t.same(said, ['store_unreachable: the event store does not answer: the subscription has stalled'])
})

t.test('a reader who does not take what came holds up the server, and nothing else', async (t) => {
  const { ReadResp } = streams
  let source: Transform | null = null
  const client = {
    subscribeToAll: (_: object, options: RawOptions) => {
      source = new Transform(options)
      for (let i = 1; i <= 3000; i += 1) {
        const stored = new ReadResp.ReadEvent.RecordedEvent().setCommitPosition(`${i}`)
        stored.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('ledger-s')))
        source.write(new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(stored)))
      }
      return Object.assign(source, { unsubscribe: async () => {} })
    },
  }
  const [ending, closing] = [new AbortController(), new AbortController()]
  const health = new Health(() => {})
  const names = namesOf('ledger-')
  const reader = new Reader({ client, names, health } as unknown as ConstructorParameters<typeof Reader>[0])
  const parts = { client, names, health, reader, random: () => 0, silence: 5000, closing: closing.signal }
  const following = follow(parts as unknown as Parameters<typeof follow>[0], { after: 500, signal: ending.signal })
  const positions: number[] = []
  // The one that waits at the full inbox counts too.
  for (const left of [1001, 1, 0]) {
    positions.push(...((await following.next()).value ?? []).map(({ position }) => position))
    await sleep(20)
    t.equal(Object(source).writableLength, left)
  }
  t.same(
    positions,
    Array.from({ length: 2500 }, (_, i) => i + 501),
  )
  await following.return()
})

t.test('a subscription that the server ends is begun again too', async (t) => {
  let begun = 0
  const client = {
    subscribeToAll: () => {
      begun += 1
      const source = new PassThrough()
      return Object.assign(begun === 1 ? source.end() : source, { unsubscribe: async () => {} })
    },
  }
  const [ending, closing] = [new AbortController(), new AbortController()]
  const health = new Health(() => {})
  const parts = { client, names: namesOf('ledger-'), health, random: () => 0, silence: 5000, closing: closing.signal }
  const following = follow(parts as unknown as Parameters<typeof follow>[0], { after: null, signal: ending.signal })
  const next = following.next()
  while (begun < 2) await sleep(5)
  t.match(health.trouble, /the server ended the subscription/)
  ending.abort()
  t.same(await next, { value: undefined, done: true })
})

t.test('messages that hold no event pass, and what an event lacks is empty', async (t) => {
  const { ReadResp } = streams
  const event = new ReadResp.ReadEvent().setEvent(new ReadResp.ReadEvent.RecordedEvent())
  const seen: Raw[] = []
  const { transform } = rawEvents((raw) => seen.push(raw) > 0)
  const stream = new Transform({ objectMode: true, ...(transform && { transform }) })
  for (const message of [{}, new ReadResp(), new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation())]) {
    stream.write(message)
  }
  stream.write(new ReadResp().setEvent(event))
  stream.end()
  await finished(stream.resume())
  const nothing = { stream: '', revision: 0, position: 0, id: '', type: '', data: '', metadata: '' }
  t.match(seen, [nothing])
  t.equal(seen.length, 1)
})

t.test('an event is looked up by its revision', async (t) => {
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const client = connect(double.connectionString)
  const appended = await client.appendToStream('s', [
    jsonEvent({ type: 'A', data: {} }),
    jsonEvent({ type: 'B', data: {} }),
  ])
  const { signal } = new AbortController()
  const patient = { random: () => 0, deadline: 2000, patience: 2000, closing: signal }
  const reader = new Reader({ client, names: namesOf('x'), health: new Health(() => {}), ...patient })
  t.equal(BigInt(await reader.positionOf('s', 1)), appended.position?.commit)
  await t.rejects(reader.positionOf('s', 2), StoreUnreachable)
  const odd: Pick<Reader, 'raw'> = { raw: async () => [] }
  const appender = { append: async () => ({ revision: 0, position: 0 }) }
  const parts = { reader: odd as Reader, names: namesOf('x'), appender: () => appender as unknown as Appender }
  await t.rejects(epochOf(parts), /was written and is empty/)
  await client.dispose()
})

t.test('a server that refuses us is not asked for long', async (t) => {
  const client = {
    readStream: () => {
      const source = Object.assign(new PassThrough(), { cancel: async () => {} })
      setImmediate(() => source.emit('error', new AccessDeniedError()))
      return source
    },
  }
  const health = new Health(() => {})
  const parts = { client, names: namesOf('x'), health, deadline: 1000, closing: new AbortController().signal }
  const reader = new Reader(parts as unknown as ConstructorParameters<typeof Reader>[0])
  await t.rejects(reader.stream('s', { direction: 'forwards', max: 1 }), {
    code: 'store_unreadable',
    message: /refuses/,
  })
})

t.test('a client that cannot be replaced goes on', async (t) => {
  const certificate = join(folder(t), 'ca.crt')
  writeFileSync(certificate, '')
  const link = new Link(`esdb://127.0.0.1:1?tlsCAFile=${encodeURIComponent(certificate)}`)
  const first = await link.client()
  link.renew()
  const second = await link.client()
  t.not(second, first)
  rmSync(certificate)
  link.renew()
  t.equal(await link.client(), second)
  await link.dispose()
})

t.test('errors without words say what they are', (t) => {
  t.equal(detailOf('odd'), 'odd')
  t.equal(detailOf(Object.assign(new Error(), { type: 'unavailable' })), 'unavailable')
  t.equal(detailOf(new TypeError()), 'TypeError')
  t.end()
})
