import t from 'tap'
import { type CopyOptions, copyLog } from '../../src/reports/copy.js'
import { type AppendRequest, createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import type { EventLog, EventStore, RecordedEvent } from '../../src/store/port.js'
import { event } from '../store/support.js'
import { fc } from '../support/fast-check.js'

const seed = Number(process.env.COUNTERFOIL_SEED ?? Math.floor(Math.random() * 2 ** 31))
const STREAMS = ['account-ann', 'account-bob', 'account-cy']

/** A log whose events lie in these streams, one after the other. */
const logOf = async (streams: readonly string[], data = '{}'): Promise<EventStore> => {
  const store = createMemoryEventStore({ epoch: 'source' })
  const revisions = new Map<string, number>()
  for (const [n, stream] of streams.entries()) {
    const revision = revisions.get(stream) ?? -1
    await store.append(stream, revision, [event(`e${n}`, data)])
    revisions.set(stream, revision + 1)
  }
  return store
}

const bare = async (log: EventLog): Promise<unknown[]> => {
  const page: readonly RecordedEvent[] = await log.readLog({ after: null, max: 100_000 })
  return page.map(({ position: _, ...rest }) => rest)
}

const copy = (from: EventLog, to: EventStore, more: Partial<CopyOptions> = {}) =>
  copyLog({
    from,
    to,
    wait: async () => undefined,
    progress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  })

t.test('a copy is the log, event by event, whatever becomes of single appends', async (t) => {
  t.comment(`seed ${seed}`)
  const faults = fc.array(fc.constantFrom<Fault>('ok', 'ok', 'twice', 'unknown-stored', 'unknown-lost'), {
    maxLength: 40,
  })
  const property = fc.asyncProperty(
    fc.array(fc.constantFrom(...STREAMS), { maxLength: 60 }),
    faults,
    async (streams, f) => {
      const from = await logOf(streams)
      const queue = [...f]
      const to = createMemoryEventStore({ epoch: 'target', before: () => queue.shift() ?? 'ok' })
      const result = await copy(from, to)
      t.strictSame(result, { events: streams.length, copied: streams.length })
      t.strictSame(await bare(to), await bare(from))
    },
  )
  await fc.assert(property, { seed, numRuns: Number(process.env.COUNTERFOIL_RUNS ?? 60) })
})

t.test('a copy that was cut off goes on where it was, and one that is whole copies nothing', async (t) => {
  const streams = Array.from({ length: 1_300 }, (_, n) => STREAMS[Math.floor(n / 3) % 3] ?? '')
  const from = await logOf(streams)
  const to = createMemoryEventStore({ epoch: 'target' })
  const ending = new AbortController()
  const progress = (_: string, done: number): void => {
    if (done >= 700) ending.abort(new Error('enough'))
  }
  await t.rejects(copy(from, to, { progress, signal: ending.signal }), { message: 'enough' })
  const half = (await bare(to)).length
  t.ok(half >= 700 && half < 1_300, `${half} events were copied before`)
  const shown: string[] = []
  const again = await copy(from, to, { progress: (step, done) => shown.push(`${step} ${done}`) })
  t.strictSame(again, { events: 1_300, copied: 1_300 - half })
  t.equal(shown.at(-1), 'compare 1300')
  t.strictSame(await copy(from, to), { events: 1_300, copied: 0 })
})

t.test('neighbours of one stream travel together, as many as one append may carry', async (t) => {
  const large = JSON.stringify({ text: 'x'.repeat(200_000) })
  const from = await logOf(Array<string>(5).fill('account-ann'), large)
  const sizes: number[] = []
  const before = ({ events }: AppendRequest): Fault => {
    sizes.push(events.length)
    return 'ok'
  }
  await copy(from, createMemoryEventStore({ before }))
  t.strictSame(sizes, [2, 2, 1])
  const many = await logOf(Array<string>(501).fill('account-ann'))
  sizes.length = 0
  await copy(many, createMemoryEventStore({ before }))
  t.strictSame(sizes, [500, 1])
})

t.test('a target that holds something else is not touched', async (t) => {
  const from = await logOf(['account-ann', 'account-bob'])
  const other = await logOf(['account-ann', 'account-cy'])
  await t.rejects(copy(from, other), { code: 'copy_differs', message: /event 1 is revision 0 of account-bob/ })
  const longer = await logOf(['account-ann', 'account-bob', 'account-cy'])
  await t.rejects(copy(from, longer), { code: 'copy_differs', message: /more than the 2 events/ })
  t.equal((await bare(other)).length, 2)
})

t.test('what a store refuses ends the copy, and what came in between is found', async (t) => {
  const from = await logOf(STREAMS)
  const full = createMemoryEventStore({ before: ({ stream }) => (stream === 'account-cy' ? 'disk-full' : 'ok') })
  await t.rejects(copy(from, full), { code: 'disk_full' })
  const ending = new AbortController()
  const lost = createMemoryEventStore({
    before: () => {
      ending.abort(new Error('stop'))
      return 'unknown-lost'
    },
  })
  await t.rejects(copy(from, lost, { signal: ending.signal }), { message: 'stop' })
  const to = createMemoryEventStore()
  let appends = 0
  const cut: EventStore = Object.assign(to.sibling(), {
    append: async (...[stream, expected, events]: Parameters<EventStore['append']>) => {
      appends += 1
      if (appends === 3) return { revision: 0, position: 9 }
      return to.append(stream, expected, events)
    },
  })
  await t.rejects(copy(from, cut), { code: 'copy_differs', message: /3 events were to be there, and 2 are/ })
})

t.test('whoever writes meanwhile is found', async (t) => {
  const from = await logOf(STREAMS)
  const to = createMemoryEventStore({ epoch: 'target' })
  const grow = async (step: string, done: number): Promise<void> => {
    if (step === 'compare' && done === 1) await from.append('account-ann', 0, [event('late')])
  }
  await t.rejects(copy(from, to, { progress: grow }), { code: 'copy_differs', message: /the source has grown/ })
  t.strictSame(await copy(from, to), { events: 4, copied: 1 })
  const shared = createMemoryEventStore({ epoch: 'target' })
  const meddle = async (_: string, done: number): Promise<void> => {
    if (done === 1) await shared.append('account-bob', -1, [event('foreign')])
  }
  await t.rejects(copy(from, shared, { progress: meddle }), {
    code: 'copy_differs',
    message: /somebody else writes to the target: account-bob: expected revision -1, found 0/,
  })
})
