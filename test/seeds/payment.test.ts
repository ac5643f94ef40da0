import t from 'tap'
import { payment } from '../../src/http/payment/surface.js'
import { SEEDS_LEFT_OUT, seedDocument } from './check-documents.js'
import { corrections, differences, endpointsOf } from './check-payment-document.js'
import { paymentRequests } from './payment.js'

const table = paymentRequests({ coupon: { serial: 's', code: 'c' }, instance: 'i', movement: '1' })

t.test('the table leaves nothing of the document out, and invents nothing', async (t) => {
  const document = seedDocument('000')
  if (document === null) {
    t.pass(SEEDS_LEFT_OUT)
    return
  }
  const endpoints = endpointsOf(document)
  t.equal(endpoints.length, 15)
  t.strictSame(differences(endpoints, table), [])
})

t.test('the server offers what is in the table, and nothing else', async (t) => {
  t.strictSame(
    payment.routes.map(({ method, url }) => `${method} ${url}`).sort(),
    table.map(({ heading }) => heading).sort(),
  )
})

t.test('the comparison finds what is left out, what is invented, and what has another type', async (t) => {
  const [broken = [], ...notes] = corrections
  const document = (...endpoints: readonly string[]) => [...endpoints, ...notes.map(([written]) => written)].join('\n')
  const balance = (query: string, reply: string) => `GET /payment/v1/balance${query}\n\n\`\`\`json\n${reply}\n\`\`\`\n`
  const recharge = `POST /payment/v1/recharge -d '${broken[0]}'\n\n\`\`\`json\n{"balance":1,"status":"x"}\n\`\`\`\n`
  const some = table.filter(({ heading }) => /balance|recharge/.test(heading))
  const compared = (...endpoints: readonly string[]) => differences(endpointsOf(document(...endpoints)), some)
  const good = balance('?namespace=hello', '{"balance":1.5,"status":"active"}')
  t.strictSame(compared(recharge, good), [])
  t.strictSame(compared(recharge, balance('', '{"balance":"1.5","status":"active"}')), [
    'GET /payment/v1/balance: another query',
    'GET /payment/v1/balance: another reply',
  ])
  t.strictSame(compared(recharge), ['GET /payment/v1/balance: invented'])
  t.strictSame(compared(recharge, good, good.replace('balance?', 'forgotten?')), [
    'GET /payment/v1/forgotten: not in the table',
  ])
  t.throws(() => compared(recharge, good, 'more'), /left over: more/)
  t.throws(() => compared(good), /nothing to correct/)
})
