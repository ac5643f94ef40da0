import type { Test } from 'tap'
import { type Serving, tokenFor } from '../support/serving.js'
import type { PaymentRequest } from './payment.js'
import { fits } from './shape.js'

type Server = Pick<Serving, 'server' | 'config'>

/** As `curl` and `curl -d` send it: a body is called a form. */
export const send = async (
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

/** Sends each request, and compares fields and types of the reply with the table. `slash`: at the end of each path. */
export const replay = async (
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

/** Amounts that no floating number holds, in and out, in every place where this API shows them. */
export const digitForDigit = async (t: Test, serving: Server): Promise<void> => {
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
