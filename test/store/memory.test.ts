import t from 'tap'
import { DiskFull, OutcomeUnknown, WrongExpectedRevision } from '../../src/store/errors.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import { eventStoreContract } from '../contract/event-store.js'
import { event, ids } from './support.js'

eventStoreContract('memory', { make: async () => createMemoryEventStore(), reopen: null }, t)

t.test('faults strike the appends they are meant for', async (t) => {
  const faults: Record<string, Fault | Promise<Fault>> = {
    stored: 'unknown-stored',
    lost: 'unknown-lost',
    twice: 'twice',
    full: 'disk-full',
    raced: 'wrong-revision',
    late: Promise.resolve('ok'),
  }
  const store = createMemoryEventStore({ epoch: 'e', before: ({ stream }) => faults[stream] ?? 'ok' })
  t.equal(store.epoch, 'e')
  await t.rejects(store.append('stored', -1, [event('stored')]), OutcomeUnknown)
  await t.rejects(store.append('lost', -1, [event('lost')]), OutcomeUnknown)
  await t.rejects(store.append('raced', -1, [event('raced')]), new WrongExpectedRevision('raced', -1, -1))
  await t.rejects(store.append('full', -1, [event('full')]), DiskFull)
  t.match(store.trouble(), { code: 'disk_full' })
  const late = store.append('late', -1, [event('late')])
  t.equal((await store.append('twice', -1, [event('twice')])).revision, 0)
  t.equal(store.trouble(), null)
  await late
  t.same(ids(await store.readLog({ after: null, max: 9 })), ['stored', 'twice', 'late'])
})

t.test('siblings share the log and nothing else', async (t) => {
  const store = createMemoryEventStore()
  const sibling = store.sibling()
  const faulty = store.sibling({ before: () => 'disk-full' })
  await t.rejects(faulty.append('s', -1, [event('no')]), DiskFull)
  const { signal } = new AbortController()
  const following = sibling.subscribe({ after: null, signal })[Symbol.asyncIterator]()
  const next = following.next()
  await store.append('s', -1, [event('a')])
  t.match(await next, { value: [{ id: 'a' }] })
  await t.rejects(sibling.append('s', -1, [event('b')]), WrongExpectedRevision)
  await store.close()
  t.equal((await sibling.append('s', 0, [event('b')])).revision, 1)
})
