import t from 'tap'
import { grantToAll, promocodesOf, publishPromocode } from '../support/granting.js'
import { names } from '../support/redeeming.js'
import { folder, serve } from '../support/serving.js'

t.test('of a hundred accounts that are granted a promocode at once, as many get it as there are grants', async (t) => {
  const { server, config, ask } = await serve(t, folder(t))
  for (const [promocode, grants] of [
    ['last', 1],
    ['few', 10],
  ] as const) {
    await publishPromocode(ask, promocode, grants)
    const { tally, count, numbers, holders } = await grantToAll([ask], promocode)
    t.strictSame(tally, { '201': grants, '409 promocode_exhausted': 100 - grants })
    t.strictSame(count, { promocode, granted: grants, grants })
    t.strictSame(
      numbers,
      Array.from({ length: grants }, (_, n) => n + 1),
    )
    for (const name of holders) t.ok((await promocodesOf(server.address, config, name)).includes(promocode))
  }
})

t.test('a bulk request grants each of its accounts, and under its key does so once', async (t) => {
  const { ask } = await serve(t, folder(t))
  await publishPromocode(ask, 'few', 60)
  const items = names(100).map((account) => ({ account }))
  const grant = () => ask('POST', '/v1/promocodes/few/grants/bulk', { items }, { 'idempotency-key': 'k' })
  const first = await grant()
  const statuses = (text: string): readonly number[] =>
    JSON.parse(text).results.map(({ status }: { status: number }) => status)
  t.equal(first.status, 200)
  t.equal(statuses(first.text).filter((status) => status === 201).length, 60)
  t.equal(statuses(first.text).filter((status) => status === 409).length, 40)
  t.equal((await grant()).text, first.text)
  t.match(JSON.parse((await ask('GET', '/v1/promocodes/few/grants')).text), { granted: 60, grants: 60 })
})
