import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startProjecting } from '../src/projecting.js'
import { openSqliteEventStore } from '../src/store/sqlite.js'

t.test('a projecting thread that cannot open its files says why, with a code', async (t) => {
  const folder = t.testdir({})
  const events = join(folder, 'events.db')
  const views = join(folder, 'views.db')
  const store = await openSqliteEventStore({ path: events, log: () => undefined })
  t.teardown(() => store.close())
  mkdirSync(views)
  const silent = { onPassed: () => undefined, onFlushed: () => undefined }
  const projecting = startProjecting(
    { events, views, writeModel: join(folder, 'write-model.db'), committed: null },
    silent,
  )
  const error: unknown = await projecting.started.catch((reason: unknown) => reason)
  t.match(error, { code: 'projector_failed', message: /directory/ })
  t.match(projecting.failure(), /directory/)
})
