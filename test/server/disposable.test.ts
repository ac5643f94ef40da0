import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Ask, folder, ready, serve } from '../support/serving.js'

const garbage = Buffer.alloc(40_000, 'no database ')

/** What may happen to a file while no server runs. */
const losses: readonly (readonly [string, string, (path: string) => void])[] = [
  ['views.db', 'is gone', (path) => rmSync(path)],
  ['views.db', 'is garbage', (path) => writeFileSync(path, garbage)],
  ['write-model.db', 'is gone', (path) => rmSync(path)],
  ['write-model.db', 'is garbage', (path) => writeFileSync(path, garbage)],
  ['write-model.db', 'is empty', (path) => writeFileSync(path, '')],
  ['write-model.db', 'is of another ledger', (path) => cpSync(join(other, 'write-model.db'), path)],
]

const pay = (ask: Ask) =>
  ask('POST', '/v1/transfers', { buyer: 'alice', seller: 'shop', amount: '30' }, { 'idempotency-key': 'once' })

/** A server's folder with a ledger of its own, closed in order. */
const other = folder(t)
t.before(async () => {
  const { ask, server } = await serve(t, other)
  for (const name of ['shop', 'bob', 'carol', 'alice']) await ask('POST', '/v1/accounts', { name })
  await server.close()
})

t.test('the views and the write model may be lost: they are made again from the log', async (t) => {
  const data = folder(t)
  const first = await serve(t, data)
  await first.ask('POST', '/v1/accounts', { name: 'shop' })
  await first.ask('POST', '/v1/accounts', { name: 'alice' })
  await first.ask('POST', '/v1/accounts/alice/recharges', { amount: '100' })
  const paid = await pay(first.ask)
  const shown = await first.ask('GET', '/v1/accounts/alice')
  t.match(shown.text, '"actual":"70.00"')
  await first.server.close()

  for (const [file, how, lose] of losses) {
    await t.test(`${file} ${how}`, async (t) => {
      lose(join(data, file))
      const { ask, server } = await serve(t, data)
      t.same((await ask('GET', '/v1/accounts/alice')).text, shown.text, 'what is read')
      const again = await pay(ask)
      t.equal(again.headers.get('idempotent-replayed'), 'true', 'what was done is known')
      t.same(again.text, paid.text, 'and answered byte for byte')
      const over = await ask('POST', '/v1/transfers', { buyer: 'alice', seller: 'shop', amount: '70.01' })
      t.equal(over.status, 402, 'and what is decided')
      await ready(ask)
      await server.close()
    })
  }
})
