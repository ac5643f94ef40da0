import type { Test } from 'tap'
import { type Ask, asking, configOf, folder, ready, serveAt, tokenFor } from '../support/serving.js'
import { prepare, publish } from './prepare-subscription.js'
import { fits } from './shape.js'
import { NONCE, type SubscriptionRequest, subscriptionRequests, USER } from './subscription.js'

/** A day of the document's own, at noon in Singapore and in Shanghai. */
export const DAY = '2020-06-19T04:00:00.000Z'

/** The whole table, with and without a slash at the end of each path, on a server whose clock shows that day; then its example, to the cent. */
export const replayOn = async (t: Test, settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  const from = Date.parse(DAY) - Date.now()
  const clock = () => Date.now() + from
  const data = folder(t)
  const { server, ask: admin } = await serveAt(t, data, clock, settings)
  await ready(admin)
  const token = tokenFor(configOf(data, settings), USER, [], clock())
  const owner = asking(server.address, token)
  await publish(admin, owner)
  for (const slash of ['', '/'] as const) {
    const requests = subscriptionRequests(await prepare(admin, owner, slash === '' ? 'a' : 'b'))
    await replay(t, requests, slash, { owner, anyone: asking(server.address, '') })
  }
  await toTheCent(t, admin, owner)
}

interface Callers {
  readonly owner: Ask
  readonly anyone: Ask
}

/** Sends each request, and compares fields and types of the reply with the table. `slash`: at the end of each path. */
const replay = async (
  t: Test,
  requests: readonly SubscriptionRequest[],
  slash: '' | '/',
  { owner, anyone }: Callers,
): Promise<void> => {
  for (const { title, heading, url, body, open, data } of requests) {
    const [method = ''] = heading.split(' ')
    const ask = open ? anyone : owner
    const reply = await ask(method, url.replace(/(\?|$)/, `${slash}$1`), body)
    t.equal(reply.status, 200, `${title}${slash}: ${reply.text}`)
    t.match(reply.headers.get('content-type'), /^application\/json/)
    const { data: given, ...envelope } = JSON.parse(reply.text)
    t.strictSame(envelope, { status: 'OK', message: '' })
    fits(t, given, data, title)
  }
}

const prorated = '"plan_rebate":"0.00","total_discount":"0.00","promo_discount":0,"prorate":"20.00"'

/** From the free plan to the one at 50.00, with 12 of the 30 days left: quoted, paid, and shown as what it was. */
const toTheCent = async (t: Test, admin: Ask, owner: Ask): Promise<void> => {
  const quote = { new_plan_id: 'Enterprise50', old_plan_id: 'Free' }
  const quoted = `{"status":"OK","message":"","data":{"price":"50.00","total_payable":"20.00",${prorated},"remaining_days":12,"total_days":30,"gst":0}}`
  t.equal((await owner('POST', '/payment/prorate/calc/', quote)).text, quoted)
  const device = 'the-last'
  t.equal((await admin('POST', `/v1/accounts/${USER}/subscriptions`, { device })).status, 201)
  const [{ _id: subscription_id }] = JSON.parse((await owner('GET', '/payment/subscription/')).text).data
  t.equal((await owner('POST', '/payment/prorate/calc/', { ...quote, subscription_id })).text, quoted)
  const checkout = { items: [{ subscription_id, plan_id: 'Enterprise50' }], nonce: NONCE }
  t.equal((await owner('POST', '/payment/checkout/', checkout)).text, '{"status":"OK","message":"","data":true}')
  const [paid] = JSON.parse((await owner('GET', '/payment/transaction/')).text).data
  const seconds = (instant: string) => String(Date.parse(instant) / 1000)
  t.match(paid, {
    username: USER,
    value: '20.00',
    status: 'pending',
    remark: 'PlanD',
    start: seconds('2020-06-19T00:00:00+08:00'),
    end: seconds('2020-07-01T00:00:00+08:00'),
  })
  const { entries } = JSON.parse((await admin('GET', `/v1/accounts/${USER}/entries?limit=3`)).text)
  t.match(entries[0], { kind: 'card-payment', amount: '20.00', actualAfter: '0.00' })
  const { lines } = JSON.parse((await admin('GET', `/v1/accounts/${USER}/transactions/${paid._id}`)).text)
  t.strictSame(lines, [{ item: 0, plan: 'Enterprise50', kind: 'charge', amount: '20.00' }])
  const shown = JSON.parse((await owner('GET', `/payment/subscription/${subscription_id}/`)).text).data
  t.match(shown, { current: { plan: { _id: 'Enterprise50' }, start: paid.start, end: paid.end }, draft: null })
}
