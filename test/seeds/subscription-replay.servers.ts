import t from 'tap'
import { spawnDouble } from '../support/eventstoredb/process.js'
import { startMongo } from '../support/mongodb.js'
import { folder } from '../support/serving.js'
import { DAY, replayOn } from './replay-subscription.js'

t.test('every request of seed 002 is answered in its shape and types, on EventStoreDB and MongoDB', async (t) => {
  const events = await spawnDouble({ directory: folder(t) })
  t.teardown(() => events.stop())
  await events.fault({ kind: 'clock', milliseconds: Date.parse(DAY) - Date.now() })
  const { url } = await startMongo(t)
  await replayOn(t, {
    COUNTERFOIL_TOKEN_KEY: 'k'.repeat(32),
    COUNTERFOIL_SECRET: 's'.repeat(32),
    COUNTERFOIL_EVENTS: events.connectionString,
    COUNTERFOIL_VIEWS: url('views'),
    COUNTERFOIL_SECRETS: url('secrets'),
  })
})
