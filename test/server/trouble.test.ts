import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { folder, ready, serve, since, until } from '../support/serving.js'

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

  await ask('GET', '/v1/accounts/alice')
  views.exec('BEGIN IMMEDIATE')
  const first = await recharge('2')
  t.equal(first.status, 201, 'it is stored')
  t.match(await ask('GET', '/v1/accounts/alice'), { status: 503, text: /views_unreachable/ })
  const second = await recharge('3')
  t.equal(second.status, 201)
  t.equal(second.headers.get('ledger-visible'), 'false', 'and not to be seen yet')
  t.match(await ask('GET', '/v1/accounts/alice', undefined, since(second)), {
    status: 503,
    text: /position_not_reached/,
  })
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
