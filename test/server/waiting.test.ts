import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { projections } from '../../src/projections/projections.js'
import { type Ask, folder, type Reply, ready, type Serving, serve, since } from '../support/serving.js'
import { fill, smallDisk } from '../support/small-disk.js'

const partsOf = async (ask: Ask): Promise<readonly object[]> => JSON.parse((await ask('GET', '/ready')).text).parts

const open = (ask: Ask, name: string) => ask('POST', '/v1/accounts', { name })

/** A ledger whose log cannot be proved, because somebody is reading it. */
const held = async (t: Test, data: string): Promise<Database.Database> => {
  const { ask, server } = await serve(t, data)
  await open(ask, 'alice')
  const reader = new Database(join(data, 'events.db'), { readonly: true })
  t.teardown(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM events').all()
  await open(ask, 'bob')
  await server.close()
  return reader
}

t.test('an event store that cannot be opened yet: it listens, says why, refuses, and goes on by itself', async (t) => {
  const data = folder(t)
  const reader = await held(t, data)
  const { ask, server, said } = await serve(t, data)
  t.equal((await ask('GET', '/health')).status, 200)
  t.equal((await ask('GET', '/ready')).status, 503)
  t.match(await partsOf(ask), [
    { name: 'events', ready: false, code: 'busy', detail: 'another process is reading the log' },
    { name: 'commands', ready: false, code: 'not_ready' },
    { name: 'secrets', ready: true },
    { name: 'gateway', ready: true },
    { name: 'projector', ready: true },
    ...projections.map(({ name }) => ({ name, ready: false, code: 'not_ready' })),
  ])
  for (const [method, path, body] of [
    ['POST', '/v1/accounts', { name: 'carol' }],
    ['GET', '/v1/accounts/alice', undefined],
    ['GET', '/v1/accounts/alice/history', undefined],
    ['POST', '/v1/rebuilds', {}],
  ] as const) {
    const { status, text, headers } = await ask(method, path, body)
    t.match([status, headers.get('retry-after')], [503, '1'], path)
    t.match(JSON.parse(text), { code: 'not_ready' })
  }
  reader.exec('COMMIT')
  await ready(ask)
  t.equal((await open(ask, 'carol')).status, 201)
  await server.close()
  t.equal(await said(), 'busy: another process is reading the log\n')
})

t.test('stopped while it waits it ends at once', async (t) => {
  const data = folder(t)
  await held(t, data)
  const waiting = await serve(t, data)
  const before = Date.now()
  await waiting.server.close()
  t.ok(Date.now() - before < 5_000)
})

t.test('what cannot pass ends it, also after it has waited', async (t) => {
  const data = folder(t)
  const reader = await held(t, data)
  const { said } = await serve(t, data)
  rmSync(join(data, 'events.mark'))
  reader.exec('COMMIT')
  t.match(await said(), /^busy: .*\nstore_damaged: .* the mark is missing beside a log with events/)
  t.notOk(existsSync(join(data, 'server.json')))
  const accepted = await serve(t, data, { settings: { COUNTERFOIL_ACCEPT_LOG: 'yes' } })
  await ready(accepted.ask)
  await accepted.server.close()
  t.match(await accepted.said(), /^the log was accepted as it is: the mark is missing/)
})

/** A server of whose files some lie on a disk without a free byte. */
const full = async (t: Test, settings: (disk: string) => Readonly<Record<string, string>>) => {
  const disk = smallDisk(t)
  if (disk === null) return null
  fill(disk)
  const serving: Serving = await serve(t, folder(t), { settings: settings(disk) })
  const free = async (): Promise<void> => {
    rmSync(join(disk, 'ballast'))
    await ready(serving.ask)
  }
  return { ...serving, free }
}

t.test('a full disk at the start', async (t) => {
  await t.test('of the events', async (t) => {
    const one = await full(t, (disk) => ({ COUNTERFOIL_EVENTS: `sqlite:${disk}/events.db` }))
    if (one === null) return
    t.match(await partsOf(one.ask), [{ name: 'events', ready: false, code: 'disk_full' }])
    t.match(await open(one.ask, 'alice'), { status: 503, text: /not_ready/ })
    await one.free()
    t.equal((await open(one.ask, 'alice')).status, 201)
    await one.server.close()
  })

  await t.test('of the views: events are stored meanwhile', async (t) => {
    const one = await full(t, (disk) => ({ COUNTERFOIL_VIEWS: `sqlite:${disk}/views.db` }))
    if (one === null) return
    const reply = await open(one.ask, 'alice')
    t.match([reply.status, reply.headers.get('ledger-visible')], [201, 'false'])
    const parts = await partsOf(one.ask)
    t.match(parts[5], { name: 'ledger', ready: false, code: 'views_full', detail: /no space to open/ })
    await one.free()
    t.match((await one.ask('GET', '/v1/accounts/alice', undefined, since(reply))).text, '"actual":"0.00"')
    await one.server.close()
  })

  await t.test('of the write model', async (t) => {
    const elsewhere = folder(t)
    const one = await full(t, (disk) => ({
      COUNTERFOIL_DATA: disk,
      COUNTERFOIL_EVENTS: `sqlite:${elsewhere}/events.db`,
      COUNTERFOIL_VIEWS: `sqlite:${elsewhere}/views.db`,
      COUNTERFOIL_TOKEN_KEY: 'k'.repeat(32),
      COUNTERFOIL_SECRET: 'k'.repeat(32),
      COUNTERFOIL_SECRETS_KEY: 'k'.repeat(32),
    }))
    if (one === null) return
    t.match(await partsOf(one.ask), [{ name: 'events', ready: false, code: 'disk_full' }])
    // Until it has tried again, and says no more than before.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await one.free()
    await one.server.close()
  })
})

t.test('a disk of the views that fills up later: nobody reads less than was called visible', async (t) => {
  const disk = smallDisk(t)
  if (disk === null) return
  const { ask, server } = await serve(t, folder(t), { settings: { COUNTERFOIL_VIEWS: `sqlite:${disk}/views.db` } })
  await open(ask, 'alice')
  await ready(ask)
  fill(disk)
  const replies: Reply[] = []
  const put = async (): Promise<void> => {
    replies.push(await ask('POST', '/v1/accounts/alice/recharges', { amount: '1.00', method: 'cash' }))
  }
  const read = () => ask('GET', '/v1/accounts/alice')
  await put()
  for (const refused of await Promise.all([read(), read()])) {
    t.match([refused.status, refused.headers.get('retry-after')], [503, '1'])
    t.match(JSON.parse(refused.text), { code: 'views_unreachable', detail: /events are safe/ })
  }
  await put()
  t.same(
    replies.map(({ status, headers }) => [status, headers.get('ledger-visible')]),
    [
      [201, null],
      [201, 'false'],
    ],
    'once it is known, nothing more is called visible',
  )
  t.match((await partsOf(ask))[5], { name: 'ledger', ready: false, code: 'views_full' })
  rmSync(join(disk, 'ballast'))
  await ready(ask)
  t.match((await read()).text, '"actual":"2.00"')
  await server.close()
})
