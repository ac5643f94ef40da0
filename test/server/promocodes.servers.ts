import { join } from 'node:path'
import t from 'tap'
import { spawnDouble } from '../support/eventstoredb/process.js'
import { grantToAll, publishPromocode } from '../support/granting.js'
import { startMongo } from '../support/mongodb.js'
import { folder, ready, serve } from '../support/serving.js'

const KEYS = { COUNTERFOIL_TOKEN_KEY: 'k'.repeat(32), COUNTERFOIL_SECRET: 's'.repeat(32) }

t.test('two processes grant a promocode no more often together than it may be granted', async (t) => {
  const events = await spawnDouble({ directory: folder(t) })
  t.teardown(() => events.stop())
  const views = await startMongo(t, { file: join(folder(t), 'views.mv') })
  const settings = { ...KEYS, COUNTERFOIL_EVENTS: events.connectionString, COUNTERFOIL_VIEWS: views.url('books') }
  const projector = await serve(t, folder(t), { args: ['--role', 'projector'], settings })
  await ready(projector.ask)
  const start = () => serve(t, folder(t), { args: ['--role', 'api'], settings })
  const apis = await Promise.all([start(), start()])
  const asks = apis.map(({ ask }) => ask)
  await Promise.all(asks.map(ready))
  for (const [promocode, grants] of [
    ['last', 1],
    ['few', 10],
  ] as const) {
    await publishPromocode(apis[0].ask, promocode, grants)
    const { tally, count, numbers } = await grantToAll(asks, promocode)
    t.strictSame(tally, { '201': grants, '409 promocode_exhausted': 100 - grants })
    t.strictSame(count, { promocode, granted: grants, grants })
    t.strictSame(
      numbers,
      Array.from({ length: grants }, (_, n) => n + 1),
    )
  }
})
