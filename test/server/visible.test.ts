import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { writeToken } from '../../src/http/token.js'
import { asking, folder, ready, serve, since, tokenFor } from '../support/serving.js'

const ROUNDS = 40

t.test(
  'what a reply calls visible the next read shows, whoever else writes; and so do the files of a server that ended',
  async (t) => {
    const data = folder(t)
    const { ask, server } = await serve(t, data)
    const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']
    const person = async (name: string): Promise<void> => {
      await ask('POST', '/v1/accounts', { name })
      for (let round = 1; round <= ROUNDS; round += 1) {
        const wrote = await ask('POST', `/v1/accounts/${name}/recharges`, { amount: '1' })
        t.equal(wrote.headers.get('ledger-visible'), null)
        const [account, entries] = await Promise.all([
          ask('GET', `/v1/accounts/${name}`),
          ask('GET', `/v1/accounts/${name}/entries?limit=1`),
        ])
        t.match(account.text, `"actual":"${round}.00"`)
        t.match(entries.text, `"actualAfter":"${round}.00"`)
      }
    }
    await Promise.all(names.map(person))
    // The last one is read by nobody.
    await ask('POST', '/v1/accounts/alice/recharges', { amount: '1' })
    await server.close()
    const views = new Database(join(data, 'views.db'), { readonly: true })
    t.teardown(() => views.close())
    const { leaf } = Object(
      views.prepare(`SELECT leaf FROM "_checkpoints" WHERE projection = 'ledger' ORDER BY leaf DESC`).get(),
    )
    t.equal(leaf, names.length * (1 + ROUNDS))
  },
)

t.test('a position that is not in the log is refused to whoever names it, and to nobody else', async (t) => {
  const { ask, server, config } = await serve(t, folder(t))
  for (const name of ['alice', 'mallory']) await ask('POST', '/v1/accounts', { name })
  await ready(ask)
  const mallory = asking(server.address, tokenFor(config, 'mallory'))
  const future = { 'ledger-min-position': writeToken('p1', 1_500) }
  const recharge = (headers = {}) => ask('POST', '/v1/accounts/alice/recharges', { amount: '1' }, headers)
  t.match(await mallory('GET', '/v1/accounts/mallory', undefined, future), {
    status: 503,
    text: /position_not_reached/,
  })
  t.match(await recharge(future), { status: 503, text: /position_not_reached/ })
  const wrote = await recharge()
  t.match([wrote.status, wrote.headers.get('ledger-visible')], [201, null])
  t.match(await ask('GET', '/v1/accounts/alice', undefined, since(wrote)), { status: 200, text: /"actual":"1.00"/ })
  t.equal((await mallory('GET', '/v1/accounts/mallory')).status, 200)
})
