import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projections } from '../../src/projections/projections.js'
import { manyTrades } from '../support/many.js'
import { folder, ready, serve, serveAt } from '../support/serving.js'

t.test('views that must catch up first: not ready, and never a stale number', async (t) => {
  const data = folder(t)
  const first = await serve(t, data)
  await manyTrades(first.ask, 20_000)
  const balance = await first.ask('GET', '/v1/accounts/shop')
  t.match(balance.text, '"actual":"2000.00"')
  await first.server.close()

  for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `views.db${suffix}`), { force: true })
  // In this process, so that the first question comes in time.
  const { ask } = await serveAt(t, data, Date.now)
  const [before, read] = await Promise.all([ask('GET', '/ready'), ask('GET', '/v1/accounts/shop')])
  t.equal(before.status, 503)
  t.match(JSON.parse(before.text), {
    ready: false,
    parts: [
      { name: 'events', ready: true },
      { name: 'commands', ready: true },
      { name: 'secrets', ready: true },
      { name: 'gateway', ready: true },
      { name: 'projector', ready: true },
      ...projections.map(({ name }) => ({ name, ready: false, code: 'behind', detail: '20003 events behind' })),
    ],
  })
  t.ok([balance.text].includes(read.text) || read.text.includes('views_not_made'), 'the right number or none')
  await ready(ask)
  t.equal((await ask('GET', '/v1/accounts/shop')).text, balance.text)
})
