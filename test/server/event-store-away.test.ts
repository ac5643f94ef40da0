import t from 'tap'
import { startDouble } from '../support/eventstoredb/double.js'
import { folder, ready, serve, until } from '../support/serving.js'

t.test('an event store that goes away and comes back: the server says so, and is ready again', async (t) => {
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const { ask, server } = await serve(t, folder(t), { settings: { COUNTERFOIL_EVENTS: double.connectionString } })
  await ready(ask)
  await double.fault({ kind: 'restart', milliseconds: 1_000 })
  const away = await until(
    () => ask('GET', '/ready'),
    ({ status }) => status === 503,
  )
  t.match(JSON.parse(away.text).parts[0], { name: 'events', ready: false, code: 'store_unreachable' })
  await ready(ask)
  await server.close()
})
