import Database from 'better-sqlite3'
import t from 'tap'
import type { RecordedEvent } from '../../src/store/port.js'
import { Appender } from '../../src/store/sqlite/appender.js'
import { Subscriptions } from '../../src/store/subscriptions.js'
import { event } from './support.js'

const at = (position: number): RecordedEvent => ({
  ...event(`e${position}`),
  stream: 's',
  revision: position,
  position,
})

t.test('what a read has seen already is not delivered again', async (t) => {
  let log = [at(1), at(2)]
  const subscriptions = new Subscriptions(({ after }) => log.filter(({ position }) => position > (after ?? 0)), null)
  const { signal } = new AbortController()
  const following = subscriptions.subscribe({ after: null, signal })
  t.same((await following.next()).value, [at(1), at(2)])
  const next = following.next()
  log = [at(1), at(2), at(3)]
  subscriptions.deliver([at(1)])
  subscriptions.deliver([at(2), at(3)])
  t.same((await next).value, [at(3)])
})

t.test('a stream that was forgotten is looked up again', (t) => {
  const db = new Database(':memory:')
  db.exec('CREATE TABLE events (position, stream, revision, id, type, data, metadata)')
  const appender = new Appender(db, 2)
  for (let revision = 0; revision < 4; revision += 1) {
    for (const stream of ['a', 'b', 'c', 'd', 'e']) {
      const batch = { streams: [stream], expected: [revision - 1], counts: [1], texts: ['i', 't', 'd', 'm'] }
      t.same(appender.run([batch]).slice(0, 2), [0, revision])
    }
  }
  t.end()
})
