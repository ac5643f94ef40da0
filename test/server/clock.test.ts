import t from 'tap'
import { folder, ready, serve, serveAt } from '../support/serving.js'

const DAY = 24 * 3600 * 1000

t.test('a clock a day behind the log', async (t) => {
  const data = folder(t)
  const today = await serve(t, data)
  await today.ask('POST', '/v1/accounts', { name: 'alice' })
  const last = await today.ask('POST', '/v1/accounts/alice/recharges', { amount: '1' })
  await today.server.close()
  const clock = () => Date.now() - DAY

  await t.test('refuses what would be written, and still shows', async (t) => {
    const { ask, server } = await serveAt(t, data, clock)
    const { status, text } = await ask('POST', '/v1/accounts/alice/recharges', { amount: '1' })
    t.equal(status, 503)
    t.match(JSON.parse(text), { code: 'clock', detail: /the clock is 8\d{4} s behind the last event/ })
    t.equal((await ask('GET', '/v1/accounts/alice')).status, 200)
    const unready = await ask('GET', '/ready')
    t.equal(unready.status, 503)
    const [, commands] = JSON.parse(unready.text).parts
    t.match(commands, { name: 'commands', ready: false, code: 'clock', detail: /the clock is 8\d{4} s behind/ })
    await server.close()
  })

  await t.test('is accepted where the operator says so: recorded time then stands still', async (t) => {
    const { ask, server } = await serveAt(t, data, clock, { COUNTERFOIL_ACCEPT_CLOCK: 'yes' })
    for (const amount of ['1', '2']) {
      const { status, text } = await ask('POST', '/v1/accounts/alice/recharges', { amount })
      t.equal(status, 201)
      t.equal(JSON.parse(text).recordedAt, JSON.parse(last.text).recordedAt)
    }
    await ready(ask)
    await server.close()
  })
})
