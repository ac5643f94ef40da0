import t from 'tap'
import { startDouble } from '../support/eventstoredb/double.js'
import { folder, ready, serve, until } from '../support/serving.js'

t.test('an event store that went away: /ready says so while it is, and no longer', async (t) => {
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const settings = { COUNTERFOIL_EVENTS: double.connectionString }
  const { ask, server, said } = await serve(t, folder(t), { settings })
  await ready(ask)
  await ask('POST', '/v1/accounts', { name: 'alice' })
  const recharge = () => ask('POST', '/v1/accounts/alice/recharges', { amount: '1' }, { 'idempotency-key': 'k' })

  const back = double.fault({ kind: 'restart', milliseconds: 3_000 })
  const waiting = recharge()
  const away = await until(
    () => ask('GET', '/ready'),
    ({ status }) => status === 503,
  )
  t.match(JSON.parse(away.text).parts[0], {
    name: 'events',
    code: 'store_unreachable',
    detail: /^the event store does not answer: /,
  })
  t.equal((await ask('GET', '/v1/accounts/alice')).status, 200, 'reads go on')
  await back
  t.equal((await waiting).status, 201, 'what was asked meanwhile is stored')
  await ready(ask)
  t.equal((await recharge()).headers.get('idempotent-replayed'), 'true', 'once')
  await server.close()
  t.match(await said(), /store_unreachable: .*\n(.*\n)*the event store answers again/)
})
