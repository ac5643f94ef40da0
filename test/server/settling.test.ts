import { join } from 'node:path'
import t from 'tap'
import { idOf } from '../support/books.js'
import { HOUR, interrupted } from '../support/interrupted.js'
import { type Ask, folder, ready, run, serve, until } from '../support/serving.js'

const settings = { COUNTERFOIL_CURRENCY: 'EUR' }

const statusOf = async (ask: Ask, n: number): Promise<unknown> =>
  JSON.parse((await ask('GET', `/v1/orders/${idOf(n)}`)).text).status

t.test('checkouts that a killed server left are settled by the next one; refunds go to the card', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const made = await serve(t, data, { settings })
  await ready(made.ask)
  await made.server.close()
  // 2 was charged just now, 4 an hour ago, 3 never.
  await interrupted(
    data,
    [2, 3, 4],
    [
      { checkout: 2, amount: '22.00', ago: 0 },
      { checkout: 4, amount: '22.00', ago: HOUR },
    ],
  )
  const { ask, server, kill } = await serve(t, data, { settings })
  await ready(ask)
  for (const n of [2, 4]) {
    await until(
      () => ask('GET', `/v1/orders/${idOf(n)}`),
      ({ status }) => status === 200,
    )
  }
  t.equal(await statusOf(ask, 2), 'pending', 'its money has not come yet')
  const settle = () => run('cli', cwd, ['checkouts', 'settle', '--older', '1000'], settings).ended
  t.match(await settle(), {
    code: 0,
    out: '0 paid, 0 failed, 1 settled, 0 returned, 0 given back, 0 refunded, 0 not refunded, 1 on their way, 0 in doubt, 1 too young to be asked about.\n',
  })
  t.equal(await statusOf(ask, 4), 'effective')

  const listed = await run('cli', cwd, ['checkouts'], settings).ended
  t.match(listed, { code: 0, out: new RegExp(`^open ann ${idOf(3)} 22.00 EUR since .*: it knows of no charge$`, 'm') })
  t.match(listed.out, new RegExp(`^unsettled ann ${idOf(2)} .*: the charge is on its way$`, 'm'))
  const page = JSON.parse((await ask('GET', '/v1/checkouts?state=unsettled')).text)
  t.match(page, { checkouts: [{ state: 'unsettled', account: 'ann', checkout: idOf(2), amount: '22.00' }], next: null })

  const refund = await ask('POST', `/v1/purchases/${idOf(2)}/refunds`, { reason: 'slow' }, { 'idempotency-key': 'k' })
  t.equal(refund.status, 201)
  t.match(JSON.parse(refund.text), { type: 'CardRefundRequested', amount: '22.00', reason: 'slow' })
  await kill()
  const next = await serve(t, data, { settings })
  await ready(next.ask)
  const again = await next.ask(
    'POST',
    `/v1/purchases/${idOf(2)}/refunds`,
    { reason: 'slow' },
    { 'idempotency-key': 'k' },
  )
  t.equal(again.text, refund.text, 'the same, whatever became of it')
  await until(
    () => next.ask('GET', `/v1/orders/${idOf(2)}`),
    ({ text }) => JSON.parse(text).status === 'refunded',
  )

  const back = `/v1/accounts/ann/checkouts/${idOf(4)}/return`
  // The periods that came after it are charged meanwhile, one by one: while one is under way, it is refused.
  const returned = await until(
    () => next.ask('POST', back, { reason: 'a letter' }),
    ({ text }) => !text.includes('subscription_locked'),
  )
  t.match(JSON.parse(returned.text), { type: 'PaymentReturned' })
  t.equal(await statusOf(next.ask, 4), 'voided')
  t.match((await next.ask('POST', back, { reason: 'a letter' })).text, 'checkout_not_paid')
  const other = `/v1/accounts/ann/checkouts/${idOf(9)}/return`
  t.match((await next.ask('POST', other, { reason: 'a letter' })).text, 'checkout_not_found')
  t.match(await settle(), { code: 0, out: / 0 in doubt, \d too young to be asked about\.\n$/ })
  const left = JSON.parse((await next.ask('GET', '/v1/checkouts?state=open')).text)
  t.match(left, { checkouts: [{ state: 'open', checkout: idOf(3) }], next: null })
  await next.server.close()
  await server.close().catch(() => undefined)
  const { code, out } = await run('cli', cwd, ['trial-balance'], settings).ended
  t.equal(code, 0)
  t.match(out, 'The books balance.')
})
