import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { folder, ready, serve, until } from '../support/serving.js'

t.test('views that cannot be written: events are safe, /ready says so, and it goes on by itself', async (t) => {
  const data = folder(t)
  const { ask, server, said } = await serve(t, data)
  await ask('POST', '/v1/accounts', { name: 'alice' })
  const views = new Database(join(data, 'views.db'))
  t.teardown(() => views.close())
  const recharge = (amount: string) => ask('POST', '/v1/accounts/alice/recharges', { amount })
  const troubled = () =>
    until(
      () => ask('GET', '/ready'),
      ({ status }) => status === 503,
    )

  views.exec('BEGIN IMMEDIATE')
  const first = await recharge('5')
  t.equal(first.status, 201, 'it is stored')
  t.equal(first.headers.get('ledger-visible'), 'false', 'and not to be seen yet')
  const read = await ask('GET', '/v1/accounts/alice', undefined, {
    'ledger-min-position': first.headers.get('ledger-position') ?? '',
  })
  t.match(read, { status: 503, text: /position_not_reached/ })
  t.match(JSON.parse((await troubled()).text).parts[5], { name: 'ledger', code: 'views_failed', detail: /locked/ })
  views.exec('COMMIT')
  await ready(ask)
  t.match((await ask('GET', '/v1/accounts/alice')).text, '"actual":"5.00"')

  await t.test('a stop in the middle of it ends in time, and loses nothing', async (t) => {
    views.exec('BEGIN IMMEDIATE')
    t.equal((await recharge('6')).status, 201)
    await troubled()
    const before = Date.now()
    await server.close()
    t.ok(Date.now() - before < 10_500)
    views.exec('COMMIT')
    t.match(await said(), /^((views_failed: \w+: .*locked|\w+ goes on)\n)*$/)
    const again = await serve(t, data)
    t.match((await again.ask('GET', '/v1/accounts/alice')).text, '"actual":"11.00"')
  })
})
