import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { type Commands, Unavailable } from '../../src/commands/port.js'
import { failCheckout } from '../../src/commands/settle-charge.js'
import type { GatewayCharge } from '../../src/gateway/port.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import { idOf } from '../support/books.js'
import { ending, freshTill, groundOf, NONCE, openTill, purchase, typesOf } from '../support/charging.js'
import { decode, settle } from '../support/loop.js'
import { mac } from '../support/renewals.js'

t.test('an unknown outcome leaves the checkout open, and it is never charged again', async (t) => {
  for (const fault of ['lost request', 'lost reply'] as const) {
    const { pay, gateway, settle, said, process, ...ground } = freshTill(t)
    gateway.plan('sale', fault)
    await t.rejects(pay(2), { code: 'checkout_in_doubt', retryAfter: 10 })
    t.equal(await ending(pay(2)), 'checkout_in_doubt')
    t.equal(gateway.count('sale'), 1)
    t.same(await typesOf(ground), ['CheckoutStarted'])
    t.same(said, [`the checkout ${idOf(2)} is in doubt: the connection broke`])
    t.same(await settle(2), fault === 'lost reply' ? ['paid'] : [])
    t.equal(await ending(pay(2)), fault === 'lost reply' ? 'paid again' : 'checkout_in_doubt')
  }
})

t.test(
  'what a gateway throws that it should not is an unknown outcome too, and is not repeated to anyone',
  async (t) => {
    const gateway = { sale: () => Promise.reject(new Error(`${NONCE} is wrong`)) }
    const { pay, said } = freshTill(t, { charging: { gateway } })
    t.equal(await ending(pay(2)), 'checkout_in_doubt')
    t.same(said, [`the checkout ${idOf(2)} is in doubt: the gateway failed`])
  },
)

t.test('a charge is written down with patience, and not charged again', async (t) => {
  let left = 3
  const { process, ...till } = freshTill(t)
  const failing: Commands['execute'] = (name, input, context) => {
    left -= 1
    return left >= 0 ? Promise.reject(new Unavailable('disk_full', 'full')) : process.loop.execute(name, input, context)
  }
  const commands = {
    execute: failing,
    locateCheckout: process.loop.locateCheckout,
    locateCard: process.loop.locateCard,
    locateReplacedCard: process.loop.locateReplacedCard,
    locateCustomer: process.loop.locateCustomer,
  }
  const { pay, said } = openTill(till, { charging: { commands } })
  t.equal(await ending(pay(2)), 'paid')
  left = 3
  till.gateway.plan('sale', 'declined')
  t.equal(await ending(pay(3)), 'failed: declined')
  t.same(said, [])
  left = 1_000
  t.equal(await ending(pay(4)), 'checkout_in_doubt')
  t.equal(till.gateway.count('sale'), 3)
  t.same(said, [`the checkout ${idOf(4)} is in doubt: full`])
  left = 0
  t.same(await till.settle(4), ['paid'])
  t.same((await typesOf(till)).filter((type) => type === 'CheckoutPaid').length, 2)
})

t.test('an append whose outcome is unknown writes the end once', async (t) => {
  const faults: Fault[] = []
  const store = createMemoryEventStore({ before: () => faults.shift() ?? 'ok' })
  const { process, pay, ...ground } = { ...groundOf(store), ...openTill(groundOf(store)) }
  t.teardown(() => process.kill())
  await t.resolves(pay(2))
  faults.push('ok', 'unknown-stored', 'unknown-lost', 'twice')
  t.equal(await ending(pay(3)), 'paid')
  t.same(await typesOf(ground), ['CheckoutStarted', 'CheckoutPaid', 'CheckoutStarted', 'CheckoutPaid'])
})

t.test('a charge of another amount or currency pays for nothing: a person must look', async (t) => {
  const charge: GatewayCharge = {
    transaction: 't',
    amount: '20',
    currency: 'EUR',
    state: 'pending',
    card: null,
    refundIds: [],
  }
  const charged = (more: Partial<GatewayCharge>) => ({
    sale: async () => ({ kind: 'charged' as const, ...charge, ...more }),
  })
  for (const more of [{ amount: '20.01' }, { amount: '2' }, { currency: 'USD' }, { amount: 'twenty' }]) {
    const { pay, said, ...ground } = freshTill(t, { charging: { gateway: charged(more) } })
    t.equal(await ending(pay(2)), 'checkout_in_doubt')
    t.match(said, [`the checkout ${idOf(2)} is in doubt: the charge t is not of the amount asked for`])
    t.same(await typesOf(ground), ['CheckoutStarted'])
  }
  for (const amount of ['20', '20.0', '20.0000']) {
    t.equal(
      await ending(freshTill(t, { charging: { gateway: charged({ amount }) } }).pay(2)),
      'paid',
      'money is no text',
    )
  }
})

t.test('of two charges for one checkout one pays, and the other is unwanted, whoever comes first', async (t) => {
  const { pay, gateway, settle, ...ground } = freshTill(t)
  gateway.plan('sale', 'twice')
  t.equal(await ending(pay(2)), 'paid')
  t.same(await settle(2), ['paid', 'unwanted'])
  t.same(await typesOf(ground), ['CheckoutStarted', 'CheckoutPaid'])
})

t.test('the card of a charge that is unwanted is not kept', async (t) => {
  const ground = groundOf(createMemoryEventStore())
  const names: string[] = []
  const put = async (name: string, value: string): Promise<void> => {
    names.push(name)
    await ground.secrets.put(name, value)
  }
  const { pay, settle, process } = openTill({ ...ground, secrets: { ...ground.secrets, put } })
  t.teardown(() => process.kill())
  ground.gateway.plan('sale', 'twice')
  t.equal(await ending(pay(2, purchase('9.00'))), 'paid')
  t.same(await settle(2), ['paid', 'unwanted'])
  const values = await Promise.all([...new Set(names)].map((name) => ground.secrets.get(name)))
  t.match(values, [/^card_/, null])
})

t.test('a charge that comes when the checkout has failed is unwanted; one that has come is the end', async (t) => {
  const { process, secrets, pay, gateway, settle: settleNow, about } = freshTill(t)
  const settling = { commands: process.loop, store: process.store, decode, secrets, mac }
  let go = (): void => undefined
  gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const late = ending(pay(2))
  await settle()
  const missing = { reason: 'not_found' } as const
  t.match(await failCheckout(settling, await about(2), missing), { kind: 'failed', why: missing })
  go()
  t.equal(await late, 'failed: not_found')
  t.same(await settleNow(2), ['unwanted'])
  await pay(3)
  t.match(await failCheckout(settling, await about(3), missing), { kind: 'paid' })
})

t.test('past the bound, while it closes, and when an answer takes too long', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const limits = { atOnce: 2, patience: 0, deadline: 60, closing: 60 }
  const { pay, start, charging, gateway, said, settle: settleNow, ...ground } = freshTill(t, { charging: { limits } })
  gateway.plan('sale', 'hangs')
  t.equal(await ending(pay(2)), 'checkout_in_doubt')
  let go = (): void => undefined
  gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  t.equal(await ending(pay(3)), 'checkout_in_doubt')
  t.equal(await ending(pay(4)), 'busy')
  t.same(await typesOf(ground), ['CheckoutStarted', 'CheckoutStarted'])
  go()
  while (ground.process.loop.locateCheckout('2')?.state === 'open') await setImmediate()
  t.equal(await ending(pay(3)), 'paid again', 'the work went on')
  await charging.close()
  t.match(said, [/in doubt until/])
  t.equal(await ending(pay(5)), 'shutting_down')
  t.equal(await ending(charging.charge(start(3), { kind: 'nonce', nonce: NONCE })), 'shutting_down')
  t.same(await settleNow(2), ['paid'])
  const idle = freshTill(t)
  await idle.charging.close()
  t.same(idle.said, [])
})

t.test('closing waits for what is under way', async (t) => {
  const { pay, charging, gateway, said } = freshTill(t)
  let go = (): void => undefined
  gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const paying = ending(pay(2))
  await settle()
  const closed = charging.close()
  go()
  await closed
  t.equal(await paying, 'paid')
  t.same(said, [])
})

t.test('who still waits when closing has taken too long is told that it is in doubt', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const limits = { atOnce: 2, patience: 0, deadline: 60_000, closing: 50 }
  const { pay, charging, gateway, said } = freshTill(t, { charging: { limits } })
  gateway.plan('sale', 'hangs')
  const paying = ending(pay(2))
  await settle()
  await charging.close()
  t.equal(await paying, 'checkout_in_doubt')
  t.match(said, [/in doubt until/])
})
