import t from 'tap'
import type { PaysWith } from '../../src/commands/charging.js'
import { Unavailable } from '../../src/commands/port.js'
import { SecretsUnreachable } from '../../src/secrets/port.js'
import { idOf } from '../support/books.js'
import { ending, eventsOf, freshTill, NONCE, openTill, purchase, typesOf } from '../support/charging.js'
import { settle } from '../support/loop.js'

const nonce: PaysWith = { kind: 'nonce', nonce: NONCE }

t.test('a charge pays its checkout, once; a repetition gets the same', async (t) => {
  const { pay, gateway, ...ground } = freshTill(t)
  t.equal(await ending(pay(2)), 'paid')
  t.equal(await ending(pay(2)), 'paid again')
  t.same(await typesOf(ground), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 1)
  const [charge] = await gateway.find(idOf(2))
  const paid = (await eventsOf(ground)).at(-1)
  t.match(paid, {
    type: 'CheckoutPaid',
    data: { checkout: idOf(2), checkoutLeaf: 1, amount: '20.00', transaction: charge?.transaction },
    metadata: { actor: 'system:checkouts', correlationId: 'a-test' },
  })
  t.notOk(JSON.stringify(await eventsOf(ground)).includes(NONCE), 'the nonce is in no event')
  t.equal(ground.process.loop.locateCheckout('1')?.state, 'paid')
  t.equal(ground.process.loop.locateCheckout('0'), null)
})

t.test(
  'a card that is declined, a nonce that was used, and a gateway that is away: nothing is charged, for good',
  async (t) => {
    const { charging, start, pay, gateway, ...ground } = freshTill(t)
    gateway.plan('sale', 'declined', 'unreachable')
    t.equal(await ending(pay(2)), 'failed: declined')
    t.equal(await ending(pay(3)), 'failed: unreachable')
    const used = { kind: 'nonce', nonce: 'fake-consumed-nonce' } as const
    t.equal(await ending(charging.charge(start(4), used)), 'failed: refused')
    for (const [n, why] of [
      [2, 'declined'],
      [3, 'unreachable'],
      [4, 'refused'],
    ] as const)
      t.equal(await ending(pay(n)), `failed: ${why} again`)
    t.equal(gateway.count('sale'), 3)
    const details = (await eventsOf(ground)).flatMap(({ type, data }) =>
      type === 'CheckoutFailed' ? [data.detail] : [],
    )
    t.same(details, ['Do Not Honor (2000)', undefined, 'the nonce was used before (91564)'])
  },
)

t.test('what the gateway says is cut to what an event holds', async (t) => {
  const result = { kind: 'declined', code: '1', reason: '🂡'.repeat(300) } as const
  const { pay } = freshTill(t, { charging: { gateway: { sale: async () => result } } })
  const end = await pay(2)
  t.equal(end.kind === 'failed' && end.why.detail, '🂡'.repeat(256))
})

t.test('50 requests with one key at once: one charge, and one answer', async (t) => {
  const { pay, start, gateway, ...ground } = freshTill(t)
  let go = (): void => undefined
  gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const first = ending(pay(2))
  await settle()
  const others = Array.from({ length: 50 }, () => ending(pay(2)))
  await settle()
  go()
  t.equal(await first, 'paid')
  t.same(new Set(await Promise.all(others)), new Set(['paid again']))
  t.equal(gateway.count('sale'), 1)
  t.same(await typesOf(ground), ['CheckoutStarted', 'CheckoutPaid'])
})

t.test('what does not start is handed on, and nothing is charged', async (t) => {
  const { charging, gateway } = freshTill(t)
  t.equal(await ending(charging.charge(async () => ({ kind: 'refused' as const }), nonce)), 'refused')
  t.equal(await ending(charging.charge(async () => ({ kind: 'key-reused' as const }), nonce)), 'key-reused')
  const busy = new Unavailable('busy', 'too much')
  t.equal(await ending(charging.charge(() => Promise.reject(busy), nonce)), 'busy')
  t.equal(gateway.count('sale'), 0)
})

t.test('an event that starts no checkout charges nothing', async (t) => {
  const { charging, start, gateway } = freshTill(t)
  const done = await start(2)()
  const other = { type: 'AccountFrozen', data: { account: 'ann', reason: 'x' } } as const
  const charged = charging.charge(async () => ({ ...done, event: { ...done.event, ...other } }), nonce)
  await t.rejects(charged, { message: 'AccountFrozen starts no checkout' })
  t.equal(gateway.count('sale'), 0)
})

t.test("a purchase's card is kept for renewals, a recharge's is not; then it is charged without a nonce", async (t) => {
  const { charging, start, pay, gateway, secrets, process, ...ground } = freshTill(t)
  await pay(2)
  t.equal(process.loop.locateCard('ann'), null)
  t.equal((await gateway.find(idOf(2)))[0]?.card, null)
  await pay(3, purchase('9.00'))
  const card = process.loop.locateCard('ann') ?? ''
  const token = (await gateway.find(idOf(3)))[0]?.card ?? ''
  t.match(token, /^card_/)
  t.equal(await secrets.get(`card/${card}`), token)
  t.notOk(JSON.stringify(await eventsOf(ground)).includes(token), 'the token is in no event')
  const stored = { kind: 'stored', account: 'ann' } as const
  const renewal = { ...purchase('9.00'), means: 'stored' } as const
  t.equal(await ending(charging.charge(start(4, renewal), stored)), 'paid')
  t.match(await gateway.find(idOf(4)), [{ card: token, amount: '9.00' }])
  t.equal(process.loop.locateCard('ann'), card, 'it stays where it is')
  await secrets.destroy(`card/${card}`)
  t.equal(await ending(charging.charge(start(5, renewal), stored)), 'failed: refused')
  t.equal(await ending(charging.charge(start(6, renewal), { kind: 'stored', account: 'bob' })), 'failed: refused')
  t.equal(gateway.count('sale'), 3)
})

t.test('a card that is replaced is destroyed; settled again, its checkout is paid all the same', async (t) => {
  const { charging, start, pay, gateway, secrets, process, settle } = freshTill(t)
  const kept = () => process.loop.locateCard('ann') ?? ''
  await pay(2, purchase('9.00'))
  const first = kept()
  gateway.plan('sale', 'lost reply')
  t.equal(await ending(pay(3, purchase('9.00'))), 'checkout_in_doubt')
  t.same([...(await settle(3)), ...(await settle(3))], ['paid', 'paid'])
  const second = kept()
  t.not(second, first)
  t.equal(await secrets.get(`card/${first}`), null)
  t.match(await secrets.get(`card/${second}`), /^card_/)
  t.same(await settle(2), ['paid'], 'its own card is gone')
  t.equal(kept(), second)
  const stored = { kind: 'stored', account: 'ann' } as const
  t.equal(await ending(charging.charge(start(4, { ...purchase('9.00'), means: 'stored' }), stored)), 'paid')
  t.match(await secrets.get(`card/${second}`), /^card_/)
})

t.test('a card that is replaced while it is looked up is not missed', async (t) => {
  const ground = freshTill(t)
  const { pay, secrets, process, start, gateway } = ground
  await pay(2, purchase('9.00'))
  const first = process.loop.locateCard('ann')
  const get = async (name: string) => {
    if (name === `card/${first}`) await pay(3, purchase('9.00'))
    return secrets.get(name)
  }
  const slow = openTill(ground, { charging: { secrets: { ...secrets, get }, commands: process.loop } })
  t.teardown(() => slow.process.kill())
  const stored = { kind: 'stored', account: 'ann' } as const
  t.equal(await ending(slow.charging.charge(start(4, { ...purchase('9.00'), means: 'stored' }), stored)), 'paid')
  t.equal(gateway.count('sale'), 3)
})

t.test(
  'a card that cannot be kept now leaves its checkout in doubt; one that cannot be read is not charged',
  async (t) => {
    const away = new SecretsUnreachable('away')
    const trouble = {
      put: () => Promise.reject(away),
      get: () => Promise.reject(away),
      destroy: () => Promise.reject(away),
    }
    const { gateway, secrets, ...one } = freshTill(t)
    const two = openTill({ ...one, gateway, secrets }, { charging: { secrets: trouble } })
    t.teardown(() => two.process.kill())
    t.equal(await ending(two.pay(2, purchase('9.00'))), 'checkout_in_doubt')
    t.same(two.said, [`the checkout ${idOf(2)} is in doubt: away`])
    t.same(await one.settle(2), ['paid'])
    t.equal(await ending(two.pay(2)), 'paid again')
    const stored = { kind: 'stored', account: 'ann' } as const
    t.equal(await ending(two.charging.charge(two.start(3, purchase('9.00')), stored)), 'secrets_unreachable')
    t.same(await typesOf(one), ['CheckoutStarted', 'CheckoutPaid'], 'nothing was begun')
  },
)

t.test('a renewal charges the kept card, and learns what came of it', async (t) => {
  const { charging, start, pay, gateway } = freshTill(t)
  await pay(2, purchase('9.00'))
  const renew = (n: number) =>
    ending(
      charging.charge(start(n, { ...purchase('9.00'), purpose: 'renewal', means: 'stored' }), {
        kind: 'stored',
        account: 'ann',
      }),
    )
  t.equal(await renew(3), 'paid')
  gateway.plan('sale', 'declined', 'lost reply')
  t.equal(await renew(4), 'failed: declined')
  t.equal(await renew(5), 'checkout_in_doubt')
})
