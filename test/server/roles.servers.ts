import { join } from 'node:path'
import t, { type Test } from 'tap'
import { spawnDouble } from '../support/eventstoredb/process.js'
import { startMongo } from '../support/mongodb.js'
import { type Ask, folder, ready, run, type Serving, serve, since, until } from '../support/serving.js'

const KEYS = {
  COUNTERFOIL_TOKEN_KEY: 'k'.repeat(32),
  COUNTERFOIL_SECRET: 's'.repeat(32),
  COUNTERFOIL_SECRETS_KEY: 't'.repeat(32),
}

/** An event store and a store of views, each in a process of its own, and processes of ours that use them. */
const stores = async (t: Test) => {
  const [events, views] = [
    await spawnDouble({ directory: folder(t) }),
    await startMongo(t, { file: join(folder(t), 'views.mv') }),
  ]
  t.teardown(() => events.stop())
  const settings = {
    ...KEYS,
    COUNTERFOIL_EVENTS: events.connectionString,
    COUNTERFOIL_VIEWS: views.url('books'),
  }
  const start = (role: string, data = folder(t)): Promise<Serving> =>
    serve(t, data, { args: ['--role', role], settings })
  return { events, views, settings, start }
}

const recharge = (ask: Ask, amount: string) => ask('POST', '/v1/accounts/alice/recharges', { amount })
const visible = (ask: Ask) =>
  until(
    () => recharge(ask, '1'),
    ({ status, headers }) => status === 201 && headers.get('ledger-visible') === null,
  )
const notReady = (ask: Ask, code: string) =>
  until(
    () => ask('GET', '/ready'),
    ({ text }) => text.includes(`"${code}"`),
  )

t.test('two that decide and two that fold', async (t) => {
  const { start, settings } = await stores(t)
  const data = folder(t)
  const first = await start('projector', data)
  await ready(first.ask)
  const second = await start('projector')
  const apis = [await start('api'), await start('api')]
  const [one, other] = apis.map(({ ask }) => ask)
  if (one === undefined || other === undefined) return
  await Promise.all([one, other, second.ask].map(ready))

  await t.test('what one has written the other shows', async (t) => {
    t.equal((await one('POST', '/v1/accounts', { name: 'alice' })).status, 201)
    const reply = await recharge(one, '5')
    t.equal(reply.headers.get('ledger-visible'), null)
    t.match((await other('GET', '/v1/accounts/alice', undefined, since(reply))).text, '"actual":"5.00"')
    t.equal((await recharge(other, '5')).headers.get('ledger-visible'), null)
  })

  await t.test('the one that folds is killed: another takes over', async (t) => {
    await first.kill()
    const from = Date.now()
    await visible(one)
    const took = Date.now() - from
    t.comment(`views go on ${took} ms after the projector that made them was killed`)
    t.ok(took < 10_000)
  })

  await t.test('a rebuild moves the pointer, and everybody follows', async (t) => {
    const again = await start('projector', data)
    await ready(again.ask)
    const { code, out, err } = await run('cli', data, ['rebuild'], { ...settings, COUNTERFOIL_DATA: data }).ended
    t.equal(code, 0, err)
    t.match(out, /^Build 4\.2 of ledger, from \d+ events, is live: \d+ compared, 0 different/m)
    await visible(other)
    await visible(one)
    const shown = async (ask: Ask) => (await ask('GET', '/v1/accounts/alice')).text
    t.equal(await shown(one), await shown(other))
    await Promise.all([second, again, ...apis].map(({ server }) => server.close()))
  })
})

t.test('servers that are away at the start are waited for, and nothing hangs at the end', async (t) => {
  const { events, views, start } = await stores(t)
  await Promise.all([events.kill(), views.kill()])
  const { ask, server } = await start('all')
  t.equal((await ask('GET', '/health')).status, 200)
  await notReady(ask, 'store_unreachable')
  t.match(await ask('POST', '/v1/accounts', { name: 'alice' }), { status: 503, text: /not_ready/ })
  await events.start()
  await notReady(ask, 'views_unreachable')
  const reply = await until(
    () => ask('POST', '/v1/accounts', { name: 'alice' }),
    ({ status }) => status !== 503,
  )
  t.match([reply.status, reply.headers.get('ledger-visible')], [201, 'false'])
  await views.restart()
  await ready(ask)
  t.match((await ask('GET', '/v1/accounts/alice', undefined, since(reply))).text, '"actual":"0.00"')
  await views.kill()
  await notReady(ask, 'views_unreachable')
  t.match(await ask('GET', '/v1/accounts/alice'), { status: 503, text: /views_unreachable/ })
  const before = Date.now()
  await server.close()
  t.ok(Date.now() - before < 5_000, `${Date.now() - before} ms to end while the views are away`)
  const waiting = await start('all')
  await events.kill()
  const from = Date.now()
  await waiting.server.close()
  t.ok(Date.now() - from < 5_000, `${Date.now() - from} ms to end while nothing could be opened`)
})
