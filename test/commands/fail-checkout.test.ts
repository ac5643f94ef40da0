import t, { type Test } from 'tap'
import type { ChargingFile } from '../../src/commands/asked.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { createListDoubts } from '../../src/commands/doubts.js'
import { createFailing, type FailCheckoutOptions } from '../../src/commands/fail-checkout.js'
import { systemActor } from '../../src/commands/system-actor.js'
import type { Gateway } from '../../src/gateway/port.js'
import {
  append,
  begin,
  charge,
  DAY,
  type Desk,
  eventsOf,
  freshDesk,
  gatewayHas,
  ledgerSays,
  SETTLE_AFTER,
  typesOf,
} from '../support/asking.js'
import { idOf } from '../support/books.js'
import { started } from '../support/card.js'
import { decode } from '../support/loop.js'
import { mac } from '../support/renewals.js'

/** A desk where an operator may have checkouts fail; `find`: what the gateway is asked by instead; `account`: what the file says of ann. */
const open = async (
  t: Test,
  { find, account }: { readonly find?: Gateway['find']; readonly account?: ChargingFile['account'] } = {},
) => {
  const desk = await freshDesk(t)
  const { process, gateway, secrets, around } = desk
  const file = readBookFile(process.database)
  const options: FailCheckoutOptions = {
    commands: process.loop,
    store: process.store,
    decode,
    gateway: find === undefined ? gateway : { ...gateway, find },
    secrets,
    mac,
    clock: around.clock,
    randomId: around.randomId,
    file: account === undefined ? file : { ...file, account },
    settleAfter: SETTLE_AFTER,
    loop: process.loop,
    flushed: () => file.checkpoint()?.leaf ?? -1,
    wait: () => process.flush(),
  }
  const failing = createFailing(options)
  const fail = async (checkout: string) => failing.begin({ checkout, by: 'root', correlationId: 'an-operator' })
  const doubts = () => {
    const query = { after: '', max: 10, now: new Date(around.now).toISOString() }
    return createListDoubts(file, desk.asking.said)(query).doubts
  }
  return { ...desk, file, fail, doubts }
}

t.test('a charge of something else that nobody wants is given back, and what it locked is free', async (t) => {
  const desk = await open(t)
  await begin(desk, 2)
  const other = await charge(desk, 2, '23.00')
  const foreign = await charge(desk, 2, '22.00', 'USD')
  desk.around.now += SETTLE_AFTER + DAY / 2
  t.equal(await desk.came(), '1 stuck')
  t.match(desk.doubts(), [{ kind: 'open', said: { said: /; counterfoil checkouts fail \S+ gives it back$/ } }])
  const said = `its charge ${other} is of 23.00 EUR, which is not what was asked for`
  const done = { kind: 'done', result: { checkout: idOf(2), account: 'ann', state: 'failed', said } }
  t.same(await desk.fail(idOf(2)), done)
  const why = { reason: 'not_found', detail: `${said}; root has it given back` }
  t.match(await eventsOf(desk), [{ type: 'CheckoutStarted' }, { type: 'CheckoutFailed', data: why }])
  await desk.process.flush()
  t.match(desk.doubts(), [{ kind: 'missing', said: null }], 'what was said of the open checkout is over')
  t.equal(desk.file.account('ann')?.own?.subscriptions.length, 0)

  t.equal(await desk.came(), '1 givenBack', 'at once, however long it was stuck')
  t.match((await eventsOf(desk)).slice(2), [
    { type: 'ChargeReturned', data: { transaction: other, amount: '23.00', currency: 'EUR' } },
    { type: 'ChargeReturned', data: { transaction: foreign, amount: '22.00', currency: 'USD' } },
  ])
  for (const transaction of [other, foreign]) t.equal(await desk.sandbox.state(transaction), 'voided')
  t.equal(gatewayHas(desk), '0.00')
  t.equal(await ledgerSays(desk), '0.00')
  t.same(await desk.fail('1'), { ...done, result: { ...done.result, said: why.detail } }, 'again, by its number')
  t.equal((await typesOf(desk)).length, 4)
  await append(desk, started(3))
  t.equal((await typesOf(desk)).at(-1), 'CheckoutStarted')
})

t.test('a charge that has settled long ago is refunded once, though the answer was lost', async (t) => {
  const desk = await open(t)
  await begin(desk, 2)
  await charge(desk, 2, '21.99')
  desk.around.now += 40 * DAY
  t.match(await desk.fail(idOf(2)), { kind: 'done', result: { state: 'failed' } })
  desk.gateway.plan('refund', 'lost reply')
  t.equal(await desk.came(), '1 unanswered')
  t.equal(await desk.came({ which: 'all' }), '1 pending')
  desk.around.now += 2 * DAY
  t.equal(await desk.came(), '1 givenBack')
  t.match((await eventsOf(desk)).at(-1), { type: 'ChargeReturned', data: { amount: '21.99' } })
  t.equal(gatewayHas(desk), '0.00')
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('a charge of what was asked for pays, and only the other one is given back', async (t) => {
  const desk = await open(t)
  await begin(desk, 2)
  const other = await charge(desk, 2, '23.00')
  const right = await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  const said = `it has made the charge ${right}`
  t.match(await desk.fail(idOf(2)), { kind: 'done', result: { checkout: idOf(2), state: 'paid', said } })
  t.match((await eventsOf(desk)).at(-1), { type: 'CheckoutPaid', data: { transaction: right } })
  t.equal(await desk.came(), '1 givenBack')
  t.match((await eventsOf(desk)).at(-1), { type: 'ChargeReturned', data: { transaction: other, amount: '23.00' } })
  t.equal(await desk.sandbox.state(right), 'pending')
  t.equal(gatewayHas(desk), '22.00')
  t.equal(await ledgerSays(desk), '22.00')
  t.match(await desk.fail(idOf(2)), {
    kind: 'failed',
    code: 'checkout_not_open',
    detail: `the checkout ${idOf(2)} is paid`,
  })
})

t.test('nothing is done where there is no such doubt', async (t) => {
  const desk = await open(t)
  await begin(desk, 2)
  const refused = async (code: string, checkout = idOf(2)) => {
    t.match(await desk.fail(checkout), { kind: 'failed', code })
    t.same(await typesOf(desk), ['CheckoutStarted'])
  }
  await refused('checkout_not_found', idOf(9))
  await charge(desk, 2, '23.00')
  desk.around.now += SETTLE_AFTER - 1
  await refused('checkout_not_in_doubt')
  desk.around.now += 1
  desk.gateway.plan('find', 'not found')
  await refused('checkout_not_in_doubt')
  desk.gateway.plan('find', 'unreachable')
  await refused('gateway_unreachable')
  desk.gateway.plan('find', 'lost reply')
  await refused('gateway_unknown')
  t.equal(gatewayHas(desk), '23.00')
})

t.test('what the file does not hold has just begun', async (t) => {
  for (const own of [{ charges: [] }, undefined]) {
    const desk = await open(t, { account: () => own && { own } })
    await begin(desk, 2)
    await charge(desk, 2, '23.00')
    desk.around.now += SETTLE_AFTER
    t.match(await desk.fail(idOf(2)), { kind: 'failed', code: 'checkout_not_in_doubt' })
    t.same(await typesOf(desk), ['CheckoutStarted'])
  }
})

/** As another process, or a request, tells how the checkout of that leaf ended. */
const tell = ({ process }: Desk, n: number, checkoutLeaf: number, reason: 'declined' | 'not_found') => {
  const input = { account: 'ann', checkoutLeaf, reason }
  const idempotency = { key: idOf(n), fingerprint: mac(`checkout-failed ${idOf(n)}`, 'base64url') }
  return process.loop.execute('checkout-failed', input, {
    actor: systemActor('checkouts'),
    correlationId: 'other',
    idempotency,
  })
}

t.test('one that has failed otherwise stays so; one that the gateway knew nothing of needs nothing more', async (t) => {
  const desk = await open(t)
  await begin(desk, 2)
  await begin(desk, 3)
  await desk.process.loop.catchUp()
  await tell(desk, 2, 1, 'declined')
  await tell(desk, 3, 2, 'not_found')
  const over = { kind: 'failed', code: 'checkout_not_open', detail: `the checkout ${idOf(2)} is failed` }
  t.match(await desk.fail(idOf(2)), over)
  t.match(await desk.fail(idOf(3)), { kind: 'done', result: { state: 'failed', said: 'it knew of no charge' } })
  t.equal((await typesOf(desk)).length, 4)
})

t.test('who comes second is told that it has ended', async (t) => {
  let told = false
  const find: Gateway['find'] = async (orderId) => {
    const charges = await desk.sandbox.find(orderId)
    if (!told) await tell(desk, 2, 1, 'not_found')
    told = true
    return charges
  }
  const desk: Awaited<ReturnType<typeof open>> = await open(t, { find })
  await begin(desk, 2)
  await charge(desk, 2, '23.00')
  desk.around.now += SETTLE_AFTER
  t.match(await desk.fail(idOf(2)), { kind: 'failed', code: 'checkout_not_open', detail: /has ended just now$/ })
  t.match(await desk.fail(idOf(2)), { kind: 'done', result: { state: 'failed', said: 'it knew of no charge' } })
  t.equal(await desk.came(), '1 givenBack')
})
