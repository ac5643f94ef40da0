import { join } from 'node:path'
import t from 'tap'
import { idOf } from '../support/books.js'
import { interrupted } from '../support/interrupted.js'
import { folder, ready, run, serve, until } from '../support/serving.js'

const settings = { COUNTERFOIL_CURRENCY: 'EUR' }

t.test('an operator ends a checkout that was charged for another amount, and the charge is given back', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const made = await serve(t, data, { settings })
  await ready(made.ask)
  await made.server.close()
  // Of ann's checkout, that is charged for another amount.
  await interrupted(data, [2], [{ checkout: 2, amount: '23.00', ago: 0 }])
  const { ask, server } = await serve(t, data, { settings })
  await ready(ask)
  const cli = (...args: string[]) => run('cli', cwd, ['checkouts', ...args], settings).ended
  await until(
    () => ask('GET', '/v1/checkouts'),
    ({ text }) => text.includes('not what was asked for'),
  )
  const listed = await cli()
  const command = /; counterfoil checkouts fail (\S+) gives it back\n$/.exec(listed.out)
  t.equal(command?.[1], idOf(2))
  t.match(await cli('fail', idOf(9)), { code: 1, err: /^checkout_not_found: / })
  const failed = await cli('fail', idOf(2))
  t.match(failed, { code: 0, out: /has failed: its charge \S+ is of 23\.00 EUR, which is not what was asked for\.\n/ })
  t.match(await cli('fail', idOf(2)), { code: 0 })
  t.match(await cli('settle'), { code: 0 })
  const checkout = JSON.parse((await ask('GET', `/v1/accounts/ann/checkouts/${idOf(2)}`)).text)
  t.match(checkout, { state: 'failed', transaction: null })
  t.equal(checkout.unwanted.length, 1)
  // The list is that of the write model's file, which comes after.
  await until(
    () => ask('GET', '/v1/checkouts'),
    ({ text }) => !text.includes(idOf(2)),
  )
  t.match(await cli(), { code: 0, out: 'There is none.\n' })
  await server.close()
  t.match(await run('cli', cwd, ['trial-balance'], settings).ended, { code: 0, out: /The books balance\./ })
})
