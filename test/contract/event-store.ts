import type { Test } from 'tap'
import { AppendTooLarge, StoreClosed, WrongExpectedRevision } from '../../src/store/errors.js'
import { type EventStore, MAX_APPEND_BYTES, NO_STREAM, type RecordedEvent } from '../../src/store/port.js'
import { event, ids, uuidOf } from './names.js'

/** How the suite makes a store: an empty one, and, where it outlives its process, the same one again. */
export interface Maker {
  make(t: Test): Promise<EventStore>
  reopen: ((t: Test, closed: EventStore) => Promise<EventStore>) | null
}

/** What every adapter of the event-store port must do; positions are compared, never computed with. */
export const eventStoreContract = (name: string, maker: Maker, t: Test): void => {
  t.test(`${name}: appending`, (t) => appending(maker, t))
  t.test(`${name}: appending again`, (t) => again(maker, t))
  t.test(`${name}: reading`, (t) => reading(maker, t))
  t.test(`${name}: subscribing`, (t) => subscribing(maker, t))
  t.test(`${name}: closing`, (t) => closing(maker, t))
}

const all = { direction: 'forwards', max: 1000 } as const

const appending = async ({ make }: Maker, t: Test): Promise<void> => {
  const store = await make(t)
  t.teardown(() => store.close())

  await t.test('an append is refused unless the stream is exactly where it is expected', async (t) => {
    const first = await store.append('s', NO_STREAM, [event('a')])
    t.equal(first.revision, 0)
    const second = await store.append('s', 0, [event('b')])
    t.equal(second.revision, 1)
    t.ok(second.position > first.position)
    const wrong = [
      [NO_STREAM, 1],
      [0, 1],
      [2, 1],
    ] as const
    for (const [expected, actual] of wrong) {
      const refused = store.append('s', expected, [event(`no-${expected}`)])
      await t.rejects(refused, new WrongExpectedRevision('s', expected, actual))
    }
    await t.rejects(store.append('nowhere', 0, [event('c')]), { code: 'wrong_expected_revision', actual: NO_STREAM })
    t.same(ids(await store.readStream('s', all)), ['a', 'b'])
    t.equal(store.trouble(), null)
  })

  await t.test('the events of one append are stored together, in order', async (t) => {
    const { revision, position } = await store.append('m', NO_STREAM, [event('m0'), event('m1'), event('m2')])
    const events = await store.readStream('m', all)
    t.same(ids(events), ['m0', 'm1', 'm2'])
    t.same(
      events.map((one) => one.revision),
      [0, 1, 2],
    )
    t.equal(events.at(-1)?.position, position)
    t.equal(revision, 2)
    await t.rejects(store.append('m', 1, [event('m3'), event('m4')]), WrongExpectedRevision)
    t.equal((await store.readStream('m', all)).length, 3, 'not a part of it')
  })

  await t.test('of appends at once each succeeds or fails alone', async (t) => {
    const names = Array.from({ length: 50 }, (_, i) => `at-once-${i}`)
    const outcomes = await Promise.allSettled(
      names.map((stream, i) => store.append(stream, i % 5 === 0 ? 7 : NO_STREAM, [event(stream)])),
    )
    t.same(
      outcomes.map(({ status }) => status),
      names.map((_, i) => (i % 5 === 0 ? 'rejected' : 'fulfilled')),
    )
  })

  await t.test('any text comes back as it went in', async (t) => {
    const stream = 'account-Ünï·漢字🙂'
    const stored = { id: uuidOf('u'), type: 'Tested.v1', data: '{"text":"né \\u0000 🙂"}', metadata: '{"actor":"漢"}' }
    await store.append(stream, NO_STREAM, [stored])
    t.match(await store.readStream(stream, all), [{ ...stored, stream, revision: 0 }])
  })

  await t.test('an append may be as large as the port says, and not larger; an empty one is a mistake', async (t) => {
    const frame = 'Tested.v1{}'.length
    await store.append('big', NO_STREAM, [event('big', 'x'.repeat(MAX_APPEND_BYTES - frame))])
    t.equal((await store.readStream('big', all))[0]?.data.length, MAX_APPEND_BYTES - frame)
    await t.rejects(store.append('big', 0, [event('more', 'x'.repeat(MAX_APPEND_BYTES))]), AppendTooLarge)
    await t.rejects(store.append('big', 0, [event('wide', '漢'.repeat(MAX_APPEND_BYTES / 2))]), AppendTooLarge)
    await t.rejects(store.append('big', 0, []), TypeError)
  })
}

const again = async ({ make, reopen }: Maker, t: Test): Promise<void> => {
  const store = await make(t)
  const events = [event('a'), event('b')]
  const before = await store.append('s', NO_STREAM, events)
  await store.append('s', 1, [event('c')])

  await t.test('the identical append has the same answer and writes nothing', async (t) => {
    t.same(await store.append('s', NO_STREAM, events), before)
    t.same(ids(await store.readLog({ after: null, max: 10 })), ['a', 'b', 'c'])
  })

  await t.test('known ids at another place, or beside new ones, are a wrong revision', async (t) => {
    await t.rejects(store.append('s', 0, events), WrongExpectedRevision)
    await t.rejects(store.append('s', 1, [event('c'), event('d')]), WrongExpectedRevision)
    await t.rejects(store.append('s', NO_STREAM, [event('a'), event('x')]), WrongExpectedRevision)
    t.equal((await store.readStream('s', all)).length, 3)
  })

  await t.test('the same append twice at once has one answer', async (t) => {
    const one = [event('t')]
    const [left, right] = await Promise.all([store.append('t', NO_STREAM, one), store.append('t', NO_STREAM, one)])
    t.same(left, right)
  })

  await store.close()
  if (reopen === null) return
  const reopened = await reopen(t, store)
  t.teardown(() => reopened.close())
  await t.test('so it is after a restart', async (t) => {
    t.equal(reopened.epoch, store.epoch)
    t.same(await reopened.append('s', NO_STREAM, events), before)
    t.equal((await reopened.append('s', 2, [event('d')])).revision, 3)
  })
}

const reading = async ({ make }: Maker, t: Test): Promise<void> => {
  const store = await make(t)
  t.teardown(() => store.close())
  for (let i = 0; i < 10; i += 1) await store.append(i % 2 === 0 ? 'even' : 'odd', (i >> 1) - 1, [event(`e${i}`)])

  await t.test('a stream is read from either end, from any revision, a page at a time', async (t) => {
    const read = async (direction: 'forwards' | 'backwards', max: number, from?: number): Promise<string[]> =>
      ids(await store.readStream('even', from === undefined ? { direction, max } : { direction, max, from }))
    t.same(await read('forwards', 2), ['e0', 'e2'])
    t.same(await read('forwards', 9, 3), ['e6', 'e8'])
    t.same(await read('forwards', 9, 5), [])
    t.same(await read('backwards', 2), ['e8', 'e6'])
    t.same(await read('backwards', 9, 1), ['e2', 'e0'])
    t.same(await read('backwards', 1, 99), ['e8'])
    t.same(await store.readStream('nowhere', all), [])
  })

  await t.test('the log is read in pages; the one that is not full is the last', async (t) => {
    const seen: RecordedEvent[] = []
    let page: readonly RecordedEvent[]
    do {
      page = await store.readLog({ after: seen.at(-1)?.position ?? null, max: 4 })
      seen.push(...page)
    } while (page.length === 4)
    t.same(
      ids(seen),
      Array.from({ length: 10 }, (_, i) => `e${i}`),
    )
    t.ok(seen.every(({ position }, i) => i === 0 || position > (seen[i - 1]?.position ?? Infinity)))
    t.same(await store.readLog({ after: seen.at(-1)?.position ?? null, max: 4 }), [])
    for (const one of seen) t.same(await store.eventAt(one.position), one)
  })
}

const take = async (from: AsyncIterable<readonly RecordedEvent[]>, count: number): Promise<string[]> => {
  const seen: string[] = []
  for await (const batch of from) {
    seen.push(...ids(batch))
    if (batch.length === 0) throw new Error('an empty batch')
    if (seen.length >= count) break
  }
  return seen
}

const subscribing = async ({ make }: Maker, t: Test): Promise<void> => {
  const store = await make(t)
  const { signal } = new AbortController()
  t.teardown(() => store.close())

  await t.test('catching up passes into following without gap or double, while others append', async (t) => {
    const streams = Array.from({ length: 8 }, (_, i) => `s${i}`)
    const writing = streams.map(async (stream) => {
      for (let i = 0; i < 300; i += 1) await store.append(stream, i - 1, [event(`${stream}-${i}`)])
    })
    const early = take(store.subscribe({ after: null, signal }), 2400)
    await store.append('wait', NO_STREAM, [event('wait')])
    const late = take(store.subscribe({ after: null, signal }), 2401)
    await Promise.all(writing)
    const log = ids(await store.readLog({ after: null, max: 10_000 }))
    t.equal(log.length, 2401)
    t.same(await late, log)
    const seen = await early
    t.same(seen, log.slice(0, seen.length))
  })

  await t.test('it begins after the position given, and a slow reader misses nothing', async (t) => {
    const [, second] = await store.readLog({ after: null, max: 2 })
    const after = second?.position ?? null
    let seen = 0
    const slow = store.subscribe({ after, signal })[Symbol.asyncIterator]()
    seen += (await slow.next()).value?.length ?? 0
    const many = Array.from({ length: 500 }, (_, i) => event(`slow-${i}`))
    for (let i = 0; i < 21; i += 1) {
      await store.append(`slow-${i}`, NO_STREAM, many)
      if (i === 0) while (seen < 2899) seen += (await slow.next()).value?.length ?? 0
    }
    const all: string[] = []
    while (seen + all.length < 2399 + 21 * 500) all.push(...ids((await slow.next()).value ?? []))
    t.equal(new Set((await store.readLog({ after: null, max: 100_000 })).map(({ position }) => position)).size, 12_901)
    t.equal(all.length, 10_000)
    await slow.return?.()
  })

  await t.test('an aborted subscription ends without an error, also while it waits', async (t) => {
    const controller = new AbortController()
    const last = (await store.readLog({ after: null, max: 100_000 })).at(-1)?.position ?? null
    const waiting = take(store.subscribe({ after: last, signal: controller.signal }), 1)
    await store.readLog({ after: null, max: 1 })
    controller.abort()
    t.same(await waiting, [])
    t.same(await take(store.subscribe({ after: null, signal: controller.signal }), 1), [])
  })
}

const closing = async ({ make }: Maker, t: Test): Promise<void> => {
  const store = await make(t)
  const { signal } = new AbortController()

  await t.test('closing lets what is under way finish, and refuses the rest', async (t) => {
    const following = take(store.subscribe({ after: null, signal }), 1e9)
    const failed = t.rejects(following, StoreClosed)
    const underWay = store.append('s', NO_STREAM, [event('a')])
    const closed = store.close()
    const refused = t.rejects(store.append('s', 0, [event('b')]), StoreClosed)
    t.equal((await underWay).revision, 0)
    await Promise.all([closed, refused, failed])
    await store.close()
    await t.rejects(store.readLog({ after: null, max: 1 }), StoreClosed)
    await t.rejects(store.eventAt(1), StoreClosed)
    await t.rejects(store.readStream('s', all), StoreClosed)
    await t.rejects(take(store.subscribe({ after: null, signal }), 1), StoreClosed)
  })
}
