import t from 'tap'
import { payment } from '../../src/http/payment/surface.js'
import { folder, ready, serve } from '../support/serving.js'
import { paymentRequests } from './payment.js'
import { digitForDigit, replay } from './replay-payment.js'

t.test('on embedded files', async (t) => {
  const serving = await serve(t, folder(t))
  await ready(serving.ask)
  await serving.ask('POST', '/payment/v1/recharge', { amount: '100', namespace: 'hello' })
  const [{ trans_id: movement }] = JSON.parse((await serving.ask('GET', '/payment/v1/amounts?namespace=hello')).text)
  const offered = new Set(payment.routes.map(({ method, url }) => `${method} ${url}`))
  const requests = paymentRequests({ coupon: { serial: 's', code: 'c' }, instance: 'i', movement })
  for (const slash of ['', '/'] as const) {
    await replay(
      t,
      serving,
      requests.filter(({ heading }) => offered.has(heading)),
      slash,
    )
  }
  await digitForDigit(t, serving)
})
