import { join } from 'node:path'
import t from 'tap'
import { createSandbox } from '../../src/gateway/sandbox.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { append, begin } from '../support/asking.js'
import { idOf } from '../support/books.js'
import { opened } from '../support/facts.js'
import { folder, ready, run, serve, until } from '../support/serving.js'

const settings = { COUNTERFOIL_CURRENCY: 'EUR' }
const HOUR = 3_600_000

/** A checkout of ann's, begun an hour ago, that the gateway has charged for another amount. */
const wrong = async (data: string): Promise<void> => {
  const store = await openSqliteEventStore({ path: join(data, 'events.db'), log: () => undefined })
  const now = Date.now()
  const ground = { store, around: { now: now - HOUR } } as Parameters<typeof append>[0]
  await append(ground, opened('ann'))
  await begin(ground, 2)
  await store.close()
  const sandbox = createSandbox({ path: join(data, 'gateway.db'), clock: () => now })
  const means = { kind: 'nonce', nonce: 'fake-valid-nonce', store: true } as const
  await sandbox.sale({ orderId: idOf(2), amount: '23.00', currency: 'EUR', means })
  await sandbox.close()
}

t.test('an operator ends a checkout that was charged for another amount, and the charge is given back', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const made = await serve(t, data, { settings })
  await ready(made.ask)
  await made.server.close()
  await wrong(data)
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
  t.match(await cli(), { code: 0, out: 'There is none.\n' })
  await server.close()
  t.match(await run('cli', cwd, ['trial-balance'], settings).ended, { code: 0, out: /The books balance\./ })
})
