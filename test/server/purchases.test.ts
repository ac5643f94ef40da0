import { join } from 'node:path'
import t from 'tap'
import { seeded } from '../../bench/support/requests.js'
import { addDays, stepFrom } from '../../src/ledger/calendar.js'
import { DAY_MS } from '../../src/ledger/time.js'
import { createDateIn } from '../../src/ledger/zone.js'
import { openSqliteEventLog } from '../../src/store/sqlite.js'
import { published } from '../support/facts.js'
import { decode } from '../support/loop.js'
import { publishInto } from '../support/on-sale.js'
import { type Ask, folder, ready, run, serve, serveAt, until } from '../support/serving.js'

const plans = [published('month', '3.00'), published('dear', '60.00'), published('free', '0.00')]
const settings = { COUNTERFOIL_CURRENCY: 'EUR' }

const today = (): string => createDateIn('Asia/Shanghai')(new Date().toISOString())

const balance = async (ask: Ask, name: string): Promise<string> =>
  JSON.parse((await ask('GET', `/v1/accounts/${name}`)).text).available

const recharge = (ask: Ask, account: string, amount: string) =>
  ask('PUT', `/bill/${account}/recharge`, { trade_amount: amount })

const eventsOf = async (data: string) => {
  const log = await openSqliteEventLog({ path: join(data, 'events.db') })
  const events = (await log.readLog({ after: null, max: 10_000 })).map(decode)
  await log.close()
  return events
}

t.test(
  'checkouts that race trades for the same money: one wins, the others are refused, and the books balance',
  async (t) => {
    const cwd = folder(t)
    const data = join(cwd, 'data')
    await publishInto(data, plans)
    const { ask, server } = await serve(t, data, { settings })
    await ready(ask)
    await ask('POST', '/v1/accounts', { name: 'shop', currency: 'EUR' })
    const won = { checkout: 0, trade: 0 }
    const seed = Number(process.env.COUNTERFOIL_SEED ?? 1 + (Date.now() % 1_000_000))
    const below = seeded(seed)
    const rounds = 60
    for (let round = 0; round < rounds; round += 1) {
      const name = `buyer${round}`
      await recharge(ask, name, '100')
      const kinds = Array.from({ length: 6 }, () => (below(2) === 0 ? 'checkout' : 'trade'))
      const replies = await Promise.all(
        kinds.map((kind) =>
          kind === 'checkout'
            ? ask('POST', `/v1/accounts/${name}/purchases`, { plan: 'dear' })
            : ask('POST', '/v1/transfers', { buyer: name, seller: 'shop', amount: '60.00' }),
        ),
      )
      const winners = replies.flatMap(({ status }, index) => (status === 201 ? [kinds[index]] : []))
      const refused = replies.filter(
        ({ status, text }) => status === 402 && text.includes('"code":"insufficient_funds"'),
      )
      t.same([winners.length, refused.length], [1, 5], `round ${round}`)
      won[winners[0] === 'checkout' ? 'checkout' : 'trade'] += 1
      t.equal(await balance(ask, name), '40.00')
    }
    t.equal(await balance(ask, 'shop'), `${won.trade * 60}.00`)
    t.comment(`${rounds} rounds: ${won.checkout} checkouts, ${won.trade} trades, COUNTERFOIL_SEED=${seed}`)
    await server.close()
    const { code, out } = await run('cli', cwd, ['trial-balance'], settings).ended
    t.equal(code, 0)
    t.match(out, 'The books balance.')
  },
)

t.test('renewals by hand', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  await publishInto(data, plans)
  const { ask, server } = await serve(t, data, { settings })
  await ready(ask)
  const start = today()
  for (const [name, amount] of [
    ['rich', '100'],
    ['poor', '4'],
  ] as const) {
    await recharge(ask, name, amount)
    t.equal((await ask('POST', `/v1/accounts/${name}/purchases`, { plan: 'month' })).status, 201)
  }
  const renew = (asOf?: string) =>
    run('cli', cwd, asOf === undefined ? ['renew'] : ['renew', '--as-of', asOf], settings).ended
  const late = addDays(stepFrom(start, 'month', 3), 1)

  await t.test('today there is nothing to do; three months later each period is charged once', async (t) => {
    t.match(await renew(), { code: 0, out: '0 periods renewed, 0 past due, 0 ended, 0 declined again, 0 unchanged.\n' })
    const first = await renew(late)
    t.match(first, { code: 0, out: '3 periods renewed, 1 past due, 0 ended, 0 declined again, 0 unchanged.\n' })
    t.match(first.err, /^3 periods renewed, 1 past due, 0 ended, 0 declined again, 0 unchanged\n$/, 'progress')
    t.match(await renew(late), {
      code: 0,
      out: '0 periods renewed, 0 past due, 0 ended, 0 declined again, 1 unchanged.\n',
    })
    t.equal(await balance(ask, 'rich'), '88.00')
    t.equal(await balance(ask, 'poor'), '1.00')
    t.match(await renew(addDays(late, 8)), {
      code: 0,
      out: '0 periods renewed, 0 past due, 1 ended, 0 declined again, 0 unchanged.\n',
    })
  })

  await t.test('a run sees what was stored right before it, and the free plan too', async (t) => {
    await recharge(ask, 'late', '1')
    await ask('POST', '/v1/accounts/late/purchases', { plan: 'free' })
    t.match(await renew(late), { out: /^3 periods renewed/ })
  })

  await t.test('what makes no sense is refused with a code', async (t) => {
    t.match(await renew('2026-02-30'), { code: 1, err: /^invalid_date: / })
    t.match(await renew('tomorrow'), { code: 1, err: /^invalid_request: / })
    t.match(await run('cli', cwd, ['renew', '2026-01-01'], settings).ended, { code: 2, err: /^usage: / })
    t.match(await run('cli', cwd, ['renew', '--at', '2026-01-01'], settings).ended, { code: 2, err: /^usage: / })
  })

  await t.test(
    'a subscription is cancelled, a renewal given back, and the bill API says what a purchase is',
    async (t) => {
      const owned = (await eventsOf(data)).flatMap(({ type, data }) =>
        type === 'Purchased' && data.account === 'rich' ? [data.order] : [],
      )
      const [order = ''] = owned
      const cancelled = await ask('POST', `/v1/accounts/rich/subscriptions/${order}/cancel`, {})
      t.match(JSON.parse(cancelled.text), { type: 'SubscriptionCancelled', endsOn: stepFrom(start, 'month', 4) })
      const refunded = await ask(
        'POST',
        `/v1/purchases/${order}/refunds`,
        { amount: '1.00' },
        { 'idempotency-key': 'r' },
      )
      t.equal(refunded.status, 201)
      const again = await ask('POST', `/v1/purchases/${order}/refunds`, { amount: '1.00' }, { 'idempotency-key': 'r' })
      t.equal(again.text, refunded.text)
      t.equal(again.headers.get('idempotent-replayed'), 'true')
      t.equal((await ask('POST', `/v1/purchases/${order}/refunds`, { amount: '2.01' })).status, 422)
      t.equal(await balance(ask, 'rich'), '89.00')
      const bill = await ask('PUT', '/bill/rich/cancel', { order_id: order })
      t.equal(bill.status, 409)
      t.match(bill.text, 'order_is_purchase')
      t.match((await ask('POST', `/v1/purchases/${order}0/refunds`, {})).status, 400)
      const nobody = order.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
      t.match((await ask('POST', `/v1/purchases/${nobody}/refunds`, {})).text, '"code":"purchase_not_found"')
    },
  )

  await t.test('the books balance, and no server means no run', async (t) => {
    await server.close()
    t.match(await run('cli', cwd, ['trial-balance'], settings).ended, { code: 0, out: /The books balance\./ })
    t.match(await renew(late), { code: 1, err: /^server_not_running: / })
    const renewed = (await eventsOf(data)).flatMap(({ type, data, metadata }) =>
      type === 'SubscriptionRenewed' ? [[data.account, data.items[0]?.period?.start, metadata.actor]] : [],
    )
    const months = [1, 2, 3].map((n) => stepFrom(start, 'month', n))
    t.same(renewed, [
      ...months.map((day) => ['rich', day, 'counterfoil-cli']),
      ...months.map((day) => ['late', day, 'counterfoil-cli']),
    ])
  })
})

t.test('with nothing in the log there is nothing to renew', async (t) => {
  const { ask } = await serve(t, join(folder(t), 'data'), { settings })
  await ready(ask)
  const { text } = await ask('POST', '/v1/renewals', {})
  t.match(JSON.parse(text.trim().split('\n').at(-1) ?? ''), { kind: 'done', result: { renewed: 0, failed: 0 } })
})

t.test('the scheduler of a server renews what is due when it starts', async (t) => {
  const data = join(folder(t), 'data')
  await publishInto(data, plans)
  const first = await serve(t, data, { settings })
  await ready(first.ask)
  await recharge(first.ask, 'ann', '10')
  await first.ask('POST', '/v1/accounts/ann/purchases', { plan: 'month' })
  await first.server.close()
  const { ask, server } = await serveAt(t, data, () => Date.now() + 40 * DAY_MS, settings)
  await until(
    () => ask('GET', '/v1/accounts/ann'),
    ({ text }) => text.includes('"available":"4.00"'),
  )
  await server.close()
  t.match(
    (await eventsOf(data)).filter(({ type }) => type === 'SubscriptionRenewed'),
    [{ metadata: { actor: 'system:renewals', key: /^renew renew:[0-9a-f-]{36}:\d{4}-\d\d-\d\d:[0-9a-f-]{36}$/ } }],
  )
})
