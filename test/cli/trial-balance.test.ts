import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NO_STREAM } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { folder, run } from '../support/serving.js'
import { eventId, openedAt } from './opened-account.js'

t.test('an error that ends a trial balance has a line of its own, below the progress', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'data'))
  const store = await openSqliteEventStore({ path: join(cwd, 'data', 'events.db'), log: () => undefined })
  const numbers = Array.from({ length: 500 }, (_, number) => number)
  await Promise.all(numbers.map((number) => store.append(`account-n${number}`, NO_STREAM, [openedAt(number)])))
  const foreign = { id: eventId(500), type: 'Foreign.v1', data: '{}', metadata: '{}' }
  await store.append('account-foreign', NO_STREAM, [foreign])
  await store.close()
  const { code, out, err } = await run('cli', cwd, ['trial-balance']).ended
  t.same([code, out], [1, ''])
  t.match(err, /^500 events\nundecodable: account-foreign at revision 0 cannot be decoded: /)
})
