import { join } from 'node:path'
import t from 'tap'
import { openSqliteViewStore } from '../../src/views/sqlite.js'
import { moveThereAndBack } from '../support/move.js'
import { folder } from '../support/serving.js'

t.test(
  'a log that moves to EventStoreDB and back keeps every event and every view',
  { timeout: 120_000 },
  async (t) => {
    const views = openSqliteViewStore({ path: join(folder(t), 'views.db') })
    await moveThereAndBack(t, views)
    await views.close()
  },
)
