import { createServer } from 'node:net'
import t from 'tap'
import { environmentOf } from '../../src/gateway/braintree/calls.js'
import { createBraintree } from '../../src/gateway/braintree.js'
import { gatewayContract } from '../contract/gateway.js'
import { PRIVATE_KEY, PUBLIC_KEY, startDouble } from '../support/braintree/double.js'
import { changed, cutAfter, cutBefore, half, late, silentAfter, status, twice } from '../support/braintree/faults.js'
import { optionsFor, start } from '../support/braintree/start.js'
import { charged, sale, uuid, withNonce } from '../support/gateway/ground.js'

gatewayContract(t, async (t) => {
  const { gateway, double } = await start(t)
  return { gateway, become: (transaction, state) => double.bank.become(transaction, state) }
})

const unknown = { code: 'gateway_unknown' }
const unreachable = { code: 'gateway_unreachable' }

t.test('a charge is submitted for settlement, by the account of its currency', async (t) => {
  const { gateway, double } = await start(t)
  await gateway.sale(sale({ currency: 'EUR' }))
  t.match(double.bank.entries, [{ status: 'submitted_for_settlement', currencyIsoCode: 'EUR', orderId: uuid(1) }])
  t.match(await gateway.sale(sale({ currency: 'CHF' })), { kind: 'refused', code: '91513' })
  t.same(double.asked, ['sale'], 'a currency without an account is not asked for')
})

t.test('an answer that is lost on the way is unknown, and what was charged is found', async (t) => {
  const { gateway, double } = await start(t)
  const hasty = createBraintree(optionsFor(double, { timeout: 1_500 }))
  for (const [index, fault] of [cutAfter, half, silentAfter, status(500)].entries()) {
    double.plan('sale', fault)
    const orderId = uuid(index)
    await t.rejects(hasty.sale(sale({ orderId })), unknown)
    t.equal((await gateway.find(orderId)).length, fault === cutAfter || fault === half || fault === silentAfter ? 1 : 0)
  }
  double.plan('sale', cutBefore)
  await t.rejects(gateway.sale(sale({ orderId: uuid(9) })), unknown, 'nobody can tell')
  t.same(await gateway.find(uuid(9)), [])
  t.equal(double.asked.filter((question) => question === 'sale').length, 5, 'nothing is asked again')
})

t.test('an answer that comes twice is one', async (t) => {
  const { gateway, double } = await start(t)
  double.plan('sale', twice)
  t.match(await gateway.sale(sale()), { kind: 'charged' })
  t.match(await gateway.sale(sale({ orderId: uuid(2) })), { kind: 'charged' })
  t.equal((await gateway.find(uuid(1))).length, 1)
})

t.test('an answer for another order, transaction or refund is none', async (t) => {
  const { gateway, double } = await start(t)
  const other = changed((body) => body.replace(uuid(1), uuid(2)))
  double.plan('sale', other, other)
  await t.rejects(gateway.sale(sale()), unknown)
  await t.rejects(gateway.sale(sale({ amount: '2000.00' })), unknown, 'a decline of another order')
  const { transaction } = charged(await gateway.sale(sale({ orderId: uuid(3) })))
  double.plan(
    'find',
    changed((body) => body.replace(transaction, 'another')),
  )
  await t.rejects(gateway.state(transaction), unknown)
  const refund = { refundId: uuid(7), transaction, amount: '20.00' }
  double.plan(
    'void',
    changed((body) => body.replace(transaction, 'another')),
  )
  await t.rejects(gateway.refund(refund), unknown)
  t.match(await gateway.refund(refund), { kind: 'voided' })
  const { transaction: second } = charged(await gateway.sale(sale({ orderId: uuid(4) })))
  double.bank.become(second, 'settled')
  double.plan(
    'refund',
    changed((body) => body.replace(uuid(8), uuid(9))),
  )
  await t.rejects(gateway.refund({ refundId: uuid(8), transaction: second, amount: '1.00' }), unknown)
  t.match(await gateway.findRefund(uuid(8), second), { kind: 'refunding' })
})

t.test('a gateway that does not look at it has done nothing', async (t) => {
  const { gateway, double } = await start(t)
  for (const code of [403, 404, 426, 429]) {
    double.plan('sale', status(code))
    await t.rejects(gateway.sale(sale()), { ...unreachable, message: new RegExp(`${code}.*nothing was charged`) })
  }
  const stranger = createBraintree(optionsFor(double, { privateKey: 'another' }))
  await t.rejects(stranger.sale(sale()), { ...unreachable, message: /does not take our keys/ })
  t.same(double.bank.entries, [])
})

t.test('a gateway that fails may have done it', async (t) => {
  const { gateway, double } = await start(t)
  for (const code of [400, 408, 418, 500, 502, 503, 504]) {
    double.plan('sale', status(code))
    await t.rejects(gateway.sale(sale()), {
      ...unknown,
      message: `Braintree's answer is not known: it answered ${code}`,
    })
  }
})

t.test('a gateway that is not reached has done nothing', async (t) => {
  const { url, ca } = await startDouble(t)
  const away = createBraintree(optionsFor({ url: new URL('https://127.0.0.1:9'), ca }))
  await t.rejects(away.sale(sale()), { ...unreachable, message: /ECONNREFUSED/ })
  const { ca: _, ...untrusting } = optionsFor({ url, ca })
  await t.rejects(createBraintree(untrusting).sale(sale()), { ...unreachable, message: /DEPTH_ZERO_SELF_SIGNED_CERT/ })
})

t.test('what takes a connection and says nothing has done nothing', async (t) => {
  const { ca } = await startDouble(t)
  let closed = 0
  const mute = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('close', () => {
        closed += 1
      })
    socket.resume()
  })
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  t.teardown(() => mute.close())
  const address = mute.address()
  const port = typeof address === 'object' ? address?.port : 0
  const gateway = createBraintree(optionsFor({ url: new URL(`https://127.0.0.1:${port}`), ca }, { timeout: 100 }))
  await t.rejects(gateway.sale(sale()), { ...unreachable, message: /no answer within 0.1 s/ })
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(closed, 1, 'and the request is not sent afterwards')
})

t.test('the time is that of the whole call', async (t) => {
  const { gateway, double } = await start(t)
  for (let count = 0; count < 3; count += 1) await gateway.sale(sale())
  double.plan('find', late(800), late(800), late(800))
  const hasty = createBraintree(optionsFor(double, { timeout: 1_500 }))
  await t.rejects(hasty.find(uuid(1)), { ...unknown, message: /within 1.5 s/ })
})

t.test('a call after the time is over is not made', async (t) => {
  const { gateway, double } = await start(t)
  const hasty = createBraintree(optionsFor(double, { timeout: 200 }))
  const { transaction } = charged(await gateway.sale(sale()))
  // The answer to the first question is there, and the time is over while it is read.
  double.plan('find', ({ answer, send }) => {
    send(answer())
    const end = performance.now() + 260
    while (performance.now() < end);
  })
  await t.rejects(hasty.refund({ refundId: uuid(7), transaction, amount: '20.00' }))
  t.notOk(double.asked.includes('void'))
})

t.test('a charge that was rejected as a double one is found, not taken for a decline', async (t) => {
  const { gateway, double } = await start(t)
  double.plan(
    'sale',
    changed((body) => body.replace('application_incomplete', 'duplicate')),
  )
  await t.rejects(gateway.sale(sale({ amount: '5001.00' })), { ...unknown, message: /charged for this order before/ })
})

t.test('more charges than a few are all found', async (t) => {
  const { gateway } = await start(t)
  for (let count = 0; count < 15; count += 1) await gateway.sale(sale())
  t.equal((await gateway.find(uuid(1))).length, 15)
})

t.test('what must be nowhere is in no error and no result', async (t) => {
  const { gateway, double } = await start(t)
  const hasty = createBraintree(optionsFor(double, { timeout: 1_000 }))
  const nonce = 'nonce-that-nobody-may-see'
  const said: unknown[] = []
  const echo = changed((body) => body.replaceAll('Something is wrong.', `Something is wrong with ${nonce}`))
  double.plan(
    'sale',
    cutBefore,
    silentAfter,
    status(401),
    status(500),
    changed(() => `<x>${nonce}`),
    echo,
  )
  for (let count = 0; count < 5; count += 1) {
    const error: unknown = await hasty.sale(sale({ means: withNonce(nonce) })).catch((caught: unknown) => caught)
    said.push(error instanceof Error ? [error.message, error.stack, error.cause, { ...error }] : error)
  }
  said.push(await gateway.sale(sale({ amount: '0.00', means: withNonce(nonce) })))
  const all = JSON.stringify(said)
  for (const secret of [nonce, PRIVATE_KEY, PUBLIC_KEY]) t.notOk(all.includes(secret), secret)
  t.match(said[5], { kind: 'refused' })
})

t.test("Braintree's own places are known", async (t) => {
  t.match(environmentOf('sandbox'), { server: 'api.sandbox.braintreegateway.com', port: '443', ssl: true })
  t.match(environmentOf('production'), { server: 'api.braintreegateway.com', port: '443', ssl: true })
  t.match(environmentOf(new URL('https://127.0.0.1')), { server: '127.0.0.1', port: '443', ssl: true })
})
