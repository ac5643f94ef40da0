import t from 'tap'
import { openMongoViewStore } from '../../src/views/mongodb.js'
import { mongoDatabases } from '../support/mongodb.js'
import { moveThereAndBack } from '../support/move.js'

const database = await mongoDatabases(t)

t.test('a log that moves to EventStoreDB and back keeps every view in MongoDB', { timeout: 300_000 }, async (t) => {
  const views = await openMongoViewStore({ connection: database(t) })
  await moveThereAndBack(t, views)
  await views.close()
})
