import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { published } from '../support/facts.js'
import { publishInto } from '../support/on-sale.js'
import { asking, folder, ready, run, serve, tokenFor } from '../support/serving.js'

const NONCE = 'a-nonce-that-nobody-keeps-4711'
const DECLINED = 'fake-processor-declined-visa-nonce'
const settings = { COUNTERFOIL_CURRENCY: 'EUR' }

t.test('paid by card, killed, and asked again: the same answer, and what pays lies nowhere', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  await publishInto(data, [published('Free', '0.00'), published('Pro', '30.00')])
  const first = await serve(t, data, { settings })
  await ready(first.ask)
  await first.ask('POST', '/v1/accounts', { name: 'ann', currency: 'EUR' })
  const device = await first.ask('POST', '/v1/accounts/ann/subscriptions', { device: 'D1' })
  t.equal(device.status, 201, device.text)
  const { subscription } = JSON.parse(device.text)
  const token = tokenFor(first.config, 'ann')
  const ann = asking(first.server.address, token)
  const shown = JSON.parse((await ann('GET', '/payment/subscription/')).text).data[0]
  const pay = (ask: typeof ann, key: string, nonce = NONCE) =>
    ask(
      'POST',
      '/payment/checkout/',
      { items: [{ subscription_id: shown._id, plan_id: 'Pro' }], nonce },
      { 'idempotency-key': key },
    )
  const declined = await pay(ann, 'one', DECLINED)
  t.match([declined.status, declined.text], [402, 'Do Not Honor'])
  const paid = await pay(ann, 'two')
  t.strictSame([paid.status, paid.text], [200, '{"status":"OK","message":"","data":true}'])
  const recharged = await ann('POST', '/v1/accounts/ann/recharges', { amount: '5.00', nonce: NONCE })
  t.match([recharged.status, recharged.text], [201, '"type":"CheckoutPaid"'])
  await first.kill()

  const second = await serve(t, data, { settings })
  await ready(second.ask)
  const again = asking(second.server.address, token)
  const repeated = await pay(again, 'two')
  t.strictSame([repeated.status, repeated.text, repeated.headers.get('idempotent-replayed')], [200, paid.text, 'true'])
  t.equal((await pay(again, 'one', DECLINED)).text, declined.text)
  t.match((await again('GET', '/v1/accounts/ann')).text, '"actual":"5.00"')
  t.match((await second.ask('GET', '/v1/accounts/ann/subscriptions')).text, subscription)
  await second.server.close()

  const gateway = new Database(join(data, 'gateway.db'), { readonly: true })
  const cards = gateway.prepare<[], { card: string }>('SELECT card FROM transactions WHERE card IS NOT NULL').all()
  t.equal(gateway.prepare('SELECT count(*) FROM transactions').pluck().get(), 2, 'each was charged once')
  gateway.close()
  t.equal(cards.length, 1, 'the card of the purchase is kept')
  const said = `${await first.said()}${await second.said()}`
  const files = readdirSync(data).map((name) => [name, readFileSync(join(data, name), 'latin1')] as const)
  for (const [name, text] of [...files, ['the log', said] as const]) {
    t.notOk(text.includes(NONCE), `the nonce in ${name}`)
    if (!name.startsWith('gateway')) for (const { card } of cards) t.notOk(text.includes(card), `the card in ${name}`)
  }
  const trial = await run('cli', cwd, ['trial-balance'], { ...settings, COUNTERFOIL_DATA: data }).ended
  t.equal(trial.code, 0, trial.out + trial.err)
})
