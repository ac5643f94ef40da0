import type { Test } from 'tap'
import { folder, ready, type Serving, serve, tokenFor } from '../support/serving.js'
import { type PaymentRequest, paymentRequests } from './payment.js'
import { prepare } from './prepare-payment.js'
import { fits } from './shape.js'

type Server = Pick<Serving, 'server' | 'config'>

/** As `curl` and `curl -d` send it: a body is called a form. */
const send = async (
  { server, config }: Server,
  { heading, url, body, user, roles }: Omit<PaymentRequest, 'title' | 'reply'>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${server.address}${url}`, {
    method: heading.split(' ')[0] ?? '',
    headers: {
      ...(user !== null && { authorization: `Bearer ${tokenFor(config, user, roles)}` }),
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })

/** The whole table, with and without a slash at the end of each path, on a server of its own with the demo; then amounts, digit for digit. */
export const replayOn = async (t: Test, settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  const serving = await serve(t, folder(t), { args: ['--demo'], settings })
  await ready(serving.ask)
  const [plain, slashed] = await prepare(serving.ask, 2)
  if (plain === undefined || slashed === undefined) throw new Error('two coupons were asked for')
  await replay(t, serving, paymentRequests(plain), '')
  await replay(t, serving, paymentRequests(slashed), '/')
  await digitForDigit(t, serving)
  await pricesDigitForDigit(t, serving)
  await rechargeByItsId(t, serving)
}

/** Sends each request, and compares fields and types of the reply with the table. `slash`: at the end of each path. */
const replay = async (
  t: Test,
  serving: Server,
  requests: readonly PaymentRequest[],
  slash: '' | '/',
): Promise<void> => {
  for (const request of requests) {
    const url = request.url.replace(/(\?|$)/, `${slash}$1`)
    const reply = await send(serving, { ...request, url })
    const text = await reply.text()
    t.equal(reply.status, 200, `${request.title}${slash}: ${text}`)
    t.match(reply.headers.get('content-type'), /^application\/json/)
    fits(t, JSON.parse(text), request.reply, request.title)
  }
}

/** By our id, which `/v1` shows, as by the number of the entry. */
const rechargeByItsId = async (t: Test, { ask }: Pick<Serving, 'ask'>): Promise<void> => {
  for (const amount of ['1.5', '2.5']) await ask('POST', '/payment/v1/recharge', { amount, namespace: 'found' })
  const { entries } = JSON.parse((await ask('GET', '/v1/accounts/found/entries')).text)
  const recharges = entries.filter(({ kind }: Record<string, unknown>) => kind === 'recharge')
  t.equal(recharges.length, 2)
  for (const { transfer, leaf, amount } of recharges) {
    const found = await ask('GET', `/payment/v1/amounts/${transfer}?namespace=found`)
    t.match(found, { status: 200, text: `{"trans_id":"${leaf}",` })
    t.match(found.text, `"amount":${amount.replace(/0$/, '')},`)
    t.match(await ask('GET', `/payment/v1/amounts/${transfer}?namespace=cents`), { status: 404 })
  }
}

/** A plan of each of these prices, bought with the very same money. */
const pricesDigitForDigit = async (t: Test, { ask }: Pick<Serving, 'ask'>): Promise<void> => {
  for (const [plan, price] of [
    ['cents', '40.88'],
    ['tenths', '0.3'],
    ['large', '12345678901234567.89'],
  ] as const) {
    const namespace = `buyer-of-${plan}`
    const terms = { name: plan, type: `t-${plan}`, price, billPeriod: 'once', region: 'cn-north-1' }
    t.equal((await ask('POST', '/v1/catalogue/plans', { plan, ...terms })).status, 201)
    t.match((await ask('GET', `/payment/v1/market?type=t-${plan}`)).text, `"price":${price},`)
    const recharged = await ask('POST', '/payment/v1/recharge', { amount: price, namespace })
    t.equal(recharged.text, `{"balance":${price},"status":"active"}`)
    const bought = await ask('POST', '/payment/v1/checkout', { plan_id: plan, namespace, region: 'cn-north-1' })
    t.equal(bought.text, '{"balance":0,"status":"active"}')
    const movements = (await ask('GET', `/payment/v1/amounts?namespace=${namespace}`)).text
    t.equal(movements.split(`"amount":${price},`).length, 3, 'in and out')
    t.match((await ask('GET', `/payment/v1/account?namespace=${namespace}`)).text, `"price":${price},`)
  }
}

/** Amounts that no floating number holds, in and out, in every place where this API shows them. */
const digitForDigit = async (t: Test, serving: Server): Promise<void> => {
  const admin = { user: 'admin', roles: ['admin'] }
  const get = async (path: string, namespace: string) =>
    (await send(serving, { ...admin, heading: 'GET', url: `/payment/v1/${path}?namespace=${namespace}` })).text()
  for (const [namespace, amounts, sum] of [
    ['tenths', ['0.1', '0.2'], '0.3'],
    ['texts', ['"0.10"', '"0.2"'], '0.3'],
    ['large', ['12345678901234567.89', '0.01'], '12345678901234567.9'],
    ['largest', ['999999999999999999999999.99'], '999999999999999999999999.99'],
    ['cents', ['40.88', '0.12'], '41'],
    ['tenth', ['3000.01', '3000.88'], '6000.89'],
  ] as const) {
    const replies: string[] = []
    for (const [index, amount] of amounts.entries()) {
      const recharge = { ...admin, heading: 'POST', url: '/payment/v1/recharge' }
      const body = `{"amount":${amount},"namespace":"${namespace}"}`
      const key = { 'idempotency-key': `${namespace}-${index}` }
      replies.push(await (await send(serving, { ...recharge, body }, key)).text())
      const again = await send(serving, { ...recharge, body }, key)
      t.equal(await again.text(), replies.at(-1), 'the same reply to the same request')
      t.equal(again.headers.get('idempotent-replayed'), 'true')
    }
    const last = `{"balance":${sum},"status":"active"}`
    t.equal(replies.at(-1), last)
    t.equal(await get('balance', namespace), last)
    const listed = [...(await get('amounts', namespace)).matchAll(/"amount":([^,]+),/g)].map(([, digits]) => digits)
    t.strictSame(listed, amounts.map((amount) => amount.replaceAll('"', '').replace('0.10', '0.1')).reverse())
  }
}
