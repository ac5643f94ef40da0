import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { projections } from '../../src/projections/projections.js'
import { type Ask, folder, serve, until } from '../support/serving.js'

/** By hand, while no server runs: an event that nobody knows, and the recharge once more behind it. */
const damage = (data: string): void => {
  const db = new Database(join(data, 'events.db'))
  const add = db.prepare(`
    INSERT INTO events (position, stream, revision, id, type, data, metadata)
    SELECT (SELECT max(position) + 1 FROM events), stream, (SELECT max(revision) + 1 FROM events WHERE stream = 'account-alice'),
      ?, ?, data, metadata FROM events WHERE type = 'Recharged.v1' LIMIT 1`)
  add.run('00000000-0000-8000-8000-000000000001', 'Enriched.v1')
  add.run('00000000-0000-8000-8000-000000000002', 'Recharged.v1')
  db.close()
}

const stopped = (ask: Ask) =>
  until(
    () => ask('GET', '/ready'),
    ({ text }) => text.split('"undecodable"').length === projections.length + 3,
  )

t.test('an event that cannot be decoded stops all that follow the log, by name, and nothing is skipped', async (t) => {
  const data = folder(t)
  const first = await serve(t, data)
  await first.ask('POST', '/v1/accounts', { name: 'alice' })
  await first.ask('POST', '/v1/accounts/alice/recharges', { amount: '100' })
  await first.server.close()
  damage(data)

  for (const views of ['kept', 'lost']) {
    await t.test(`views ${views}`, async (t) => {
      if (views === 'lost')
        for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `views.db${suffix}`), { force: true })
      const { ask, said, server } = await serve(t, data)
      const { status, text } = await stopped(ask)
      t.equal(status, 503)
      const detail = /event 2 of account-alice \(Enriched\.v1, position 3\) cannot be decoded/
      const wrong = { ready: false, code: 'undecodable', detail }
      t.match(JSON.parse(text), {
        ready: false,
        parts: [
          { name: 'events', ready: true },
          { name: 'commands', ...wrong },
          { name: 'secrets', ready: true },
          { name: 'gateway', ready: true },
          { name: 'projector', ready: true },
          ...projections.map(({ name }) => ({ name, ...wrong })),
          { name: 'write-model', ...wrong },
        ],
      })

      const write = await ask('POST', '/v1/accounts/alice/recharges', { amount: '1' })
      t.equal(write.status, 503)
      t.match(write.text, '"code":"not_ready"')
      const read = await ask('GET', '/v1/accounts/alice')
      if (views === 'kept') t.match(read.text, '"actual":"100.00"', 'as it was before the event')
      else t.match(read.text, '"code":"views_not_made"', 'nothing made is shown as whole')
      const rebuild = await ask('POST', '/v1/rebuilds', {})
      t.match(rebuild.text, /"kind":"failed","code":"undecodable"/)
      await server.close()
      t.match(await said(), detail, 'the operator is told')
    })
  }
})
