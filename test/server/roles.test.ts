import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projections } from '../../src/projections/projections.js'
import { type Ask, folder, ready, run, type Serving, serve, since, until } from '../support/serving.js'

const role = (t: Test, data: string, name: string): Promise<Serving> => serve(t, data, { args: ['--role', name] })

const partOf = (text: string, name: string): object =>
  JSON.parse(text).parts.find((part: { name: string }) => part.name === name)

const notReady = (ask: Ask, code: string) =>
  until(
    () => ask('GET', '/ready'),
    ({ text }) => text.includes(`"${code}"`),
  )

const recharge = (ask: Ask, amount: string) => ask('POST', '/v1/accounts/alice/recharges', { amount })

t.test('one process decides, another folds the views, a third waits to take over', async (t) => {
  const data = folder(t)
  const projector = await role(t, data, 'projector')
  t.match(partOf((await projector.ask('GET', '/ready')).text, 'events'), { code: 'store_unreadable' })
  t.equal((await projector.ask('GET', '/health')).status, 200, 'alive, though there is no event store yet')
  const api = await role(t, data, 'api')
  await Promise.all([ready(api.ask), ready(projector.ask)])

  await t.test('a reply waits until the other one has folded it', async (t) => {
    t.equal((await api.ask('POST', '/v1/accounts', { name: 'alice' })).status, 201)
    for (const amount of ['1', '2', '3']) {
      const reply = await recharge(api.ask, amount)
      t.equal(reply.status, 201)
      t.equal(reply.headers.get('ledger-visible'), null)
    }
    t.match((await api.ask('GET', '/v1/accounts/alice')).text, '"actual":"6.00"')
    t.match(JSON.parse((await api.ask('GET', '/ready')).text).parts, [
      { name: 'events' },
      { name: 'commands' },
      { name: 'secrets' },
      { name: 'gateway' },
      { name: 'projector' },
      ...projections.map(({ name }) => ({ name })),
      { name: 'write-model' },
    ])
  })

  await t.test('a projector answers nothing but what an operator asks', async (t) => {
    t.equal((await projector.ask('GET', '/v1/accounts/alice')).status, 404)
    t.equal((await projector.ask('GET', '/bill/alice/info')).status, 404)
    t.equal((await projector.ask('POST', '/v1/accounts', { name: 'bob' })).status, 404)
    t.same(Object.values(JSON.parse((await projector.ask('GET', '/ready')).text).parts), [
      { name: 'events', ready: true },
      { name: 'projector', ready: true },
      ...projections.map(({ name }) => ({ name, ready: true })),
    ])
  })

  await t.test('a rebuild is done where the views are folded, and readers elsewhere follow the pointer', async (t) => {
    const refused = await api.ask('POST', '/v1/rebuilds', {})
    t.equal(refused.status, 409)
    t.match(refused.text, '"code":"rebuild_elsewhere"')
    const { code, out } = await run('cli', data, ['rebuild'], { COUNTERFOIL_DATA: data }).ended
    t.equal(code, 0)
    t.match(out, /^Build 4\.2 of ledger, from 4 events, is live: 5 compared, 0 different/m)
    t.equal((await recharge(api.ask, '4')).headers.get('ledger-visible'), null)
    t.match((await api.ask('GET', '/v1/accounts/alice')).text, '"actual":"10.00"')
  })

  await t.test(
    'each is there once on SQLite files: another that decides is refused, another that folds waits',
    async (t) => {
      const second = await run('main', data, ['--role', 'api'], { COUNTERFOIL_DATA: data }).ended
      t.equal(second.code, 1)
      t.match(second.err, new RegExp(`^store_locked: .*events.db is in use by process ${api.pid};`))
      const next = await role(t, data, 'projector')
      const { text } = await notReady(next.ask, 'store_locked')
      const detail = new RegExp(`views.db is in use by process ${projector.pid};`)
      t.match(partOf(text, 'ledger'), { code: 'store_locked', detail })

      await projector.kill()
      const from = Date.now()
      await ready(next.ask)
      const took = Date.now() - from
      t.ok(took < 10_000)
      t.comment(`another process folds the views ${took} ms after the one that did was killed`)
      t.equal((await recharge(api.ask, '5')).headers.get('ledger-visible'), null)
      t.match((await api.ask('GET', '/v1/accounts/alice')).text, '"actual":"15.00"')
      await next.server.close()
    },
  )

  await t.test('without a projector writes are stored and not shown; a server that starts then says so', async (t) => {
    const reply = await recharge(api.ask, '6')
    t.equal(reply.status, 201)
    t.equal(reply.headers.get('ledger-visible'), 'false')
    await api.server.close()
    t.match(await api.said(), '')
    const again = await role(t, data, 'api')
    const { text } = await notReady(again.ask, 'behind')
    t.match(partOf(text, 'ledger'), { code: 'behind', detail: '1 events behind' })
    t.match(await again.ask('GET', '/v1/accounts/alice'), { status: 503, text: /position_not_reached/ })
    const late = await role(t, data, 'projector')
    await ready(again.ask)
    t.match((await again.ask('GET', '/v1/accounts/alice')).text, '"actual":"21.00"')
    await Promise.all([again.server.close(), late.server.close()])
  })
})

t.test('views that were never made are waited for', async (t) => {
  const data = folder(t)
  const { ask } = await role(t, data, 'api')
  const { text } = await notReady(ask, 'views_unreachable')
  t.match(partOf(text, 'ledger'), {
    code: 'views_unreachable',
    detail: /views.db cannot be read; a projector makes it/,
  })
  const reply = await ask('POST', '/v1/accounts', { name: 'alice' })
  t.match([reply.status, reply.headers.get('ledger-visible')], [201, 'false'])
  await role(t, data, 'projector')
  await ready(ask)
  t.match((await ask('GET', '/v1/accounts/alice', undefined, since(reply))).text, '"actual":"0.00"')
})

t.test('views that are made anew in another file are found by who reads them', async (t) => {
  const data = folder(t)
  const api = await role(t, data, 'api')
  const first = await role(t, data, 'projector')
  await ready(api.ask)
  await api.ask('POST', '/v1/accounts', { name: 'alice' })
  await first.server.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `views.db${suffix}`), { force: true })
  const second = await role(t, data, 'projector')
  await ready(second.ask)
  await until(
    () => recharge(api.ask, '1'),
    ({ headers }) => headers.get('ledger-visible') === null,
  )
  t.match((await api.ask('GET', '/v1/accounts/alice')).text, /"actual":"[1-3].00"/)
})
