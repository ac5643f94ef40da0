import { join } from 'node:path'
import t from 'tap'
import { createCouponCodes } from '../../src/commands/coupon-codes.js'
import { spawnDouble } from '../support/eventstoredb/process.js'
import { startMongo } from '../support/mongodb.js'
import { names, prepare, redeem, sumOf, tally } from '../support/redeeming.js'
import { folder, ready, run, serve } from '../support/serving.js'

const KEYS = { COUNTERFOIL_TOKEN_KEY: 'k'.repeat(32), COUNTERFOIL_SECRET: 's'.repeat(32) }

t.test('a coupon that a hundred clients of two processes redeem at once is redeemed once', async (t) => {
  const events = await spawnDouble({ directory: folder(t) })
  t.teardown(() => events.stop())
  const views = await startMongo(t, { file: join(folder(t), 'views.mv') })
  const settings = { ...KEYS, COUNTERFOIL_EVENTS: events.connectionString, COUNTERFOIL_VIEWS: views.url('books') }
  const projector = await serve(t, folder(t), { args: ['--role', 'projector'], settings })
  await ready(projector.ask)
  const start = () => serve(t, folder(t), { args: ['--role', 'api'], settings })
  const apis = await Promise.all([start(), start()])
  await Promise.all(apis.map(({ ask }) => ready(ask)))
  const [{ ask, config }] = apis
  const accounts = names(100)
  const addressOf = (n: number): string => apis[n % 2 === 0 ? 0 : 1].server.address

  await t.test('distinct accounts', async (t) => {
    const code = await prepare(ask, config, 'spring', accounts)
    const ends = accounts.map((name, n) => redeem({ address: addressOf(n), config, code, batch: 'spring' }, name))
    const replies = await Promise.all(ends)
    t.strictSame(tally(replies), { '200': 1, '409 coupon_redeemed': 99 })
    t.equal(await sumOf(ask, accounts, replies), 1000n)
  })

  await t.test('one account', async (t) => {
    const code = await prepare(ask, config, 'summer', ['ann'])
    const ends = accounts.map((_, n) => redeem({ address: addressOf(n), config, code, batch: 'summer' }, 'ann'))
    const replies = await Promise.all(ends)
    t.strictSame(tally(replies), { '200': 1, '409 coupon_redeemed': 99 })
    t.equal(await sumOf(ask, ['ann'], replies), 1000n)
  })

  await t.test('all thousand of a batch are in the view', async (t) => {
    const { text } = await ask('GET', '/v1/coupon-batches/spring')
    t.match(JSON.parse(text), { count: 1000, redeemed: 1 })
    const { codeOf } = createCouponCodes(Buffer.from(config.secret, 'utf8'))
    for (const n of [2, 500, 1000]) {
      const { text } = await ask('GET', `/payment/v1/coupon/${codeOf(`spring-${n}`)}`)
      t.match(JSON.parse(text), { serial: `spring-${n}`, status: 'available' })
    }
  })

  const { out } = await run('cli', folder(t), ['trial-balance'], { ...settings, COUNTERFOIL_DATA: folder(t) }).ended
  t.match(out, /CNY +20\.00 +0\.00 +expenses:promotions\n/)
  t.match(out, /The books balance\./)
})
