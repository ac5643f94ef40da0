import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EventStore } from '../../src/store/port.js'
import { openSqliteEventLog, openSqliteEventStore } from '../../src/store/sqlite.js'
import { eventStoreContract } from '../contract/event-store.js'
import { event, folder, ids } from './support.js'

const paths = new Map<EventStore, string>()
const open = async (path: string): Promise<EventStore> => {
  const store = await openSqliteEventStore({ path, log: (message) => t.comment(message) })
  paths.set(store, path)
  return store
}
eventStoreContract(
  'sqlite',
  {
    make: (t: Test) => open(join(folder(t), 'events.db')),
    reopen: (_, closed) => open(paths.get(closed) ?? ''),
  },
  t,
)

t.test('others read and follow the log without the lock', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await open(path)
  const log = await openSqliteEventLog({ path })
  t.equal(log.epoch, store.epoch)
  const controller = new AbortController()
  const following = log.subscribe({ after: null, signal: controller.signal })[Symbol.asyncIterator]()
  let next = following.next()
  await store.append('s', -1, [event('a')])
  log.wake()
  t.match(await next, { value: [{ id: 'a' }] })
  next = following.next()
  await store.append('s', 0, [event('b')])
  t.match(await next, { value: [{ id: 'b' }] }, 'also without being woken')
  t.same(ids(await log.readStream('s', { direction: 'backwards', max: 1 })), ['b'])
  t.equal((await log.readLog({ after: null, max: 9 })).length, 2)
  t.match(await log.eventAt(2), { id: 'b' })
  next = following.next()
  controller.abort()
  t.match(await next, { done: true })
  await log.close()
  await t.rejects(log.readLog({ after: null, max: 1 }), { code: 'store_closed' })
  await store.close()
})

t.test('what a batch cannot carry goes with the next one', async (t) => {
  const store = await open(join(folder(t), 'events.db'))
  const text = `"${'x'.repeat(400_000)}"`
  const large = Array.from({ length: 14 }, (_, i) => store.append(`l${i}`, -1, [event(`l${i}`, text)]))
  const many = Array.from({ length: 1500 }, (_, i) => store.append(`m${i}`, -1, [event(`m${i}`)]))
  const positions = (await Promise.all([...large, ...many])).map(({ position }) => position)
  t.same(
    positions,
    Array.from({ length: 1514 }, (_, i) => i + 1),
  )
  await store.close()
})

t.test('there is nothing to read where no store was made', async (t) => {
  const path = join(folder(t), 'events.db')
  await t.rejects(openSqliteEventLog({ path }), { code: 'store_unreadable' })
  writeFileSync(path, '')
  await t.rejects(openSqliteEventLog({ path }), { code: 'store_unreadable', message: /no such table/ })
})
