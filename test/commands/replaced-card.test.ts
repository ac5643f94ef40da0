import t from 'tap'
import { type Commands, Unavailable } from '../../src/commands/port.js'
import { cardName } from '../../src/commands/settle-charge.js'
import { type SecretStore, SecretsUnreachable } from '../../src/secrets/port.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { admin } from '../support/actors.js'
import { begin, charge, eventsOf, groundOf, openDesk, SETTLE_AFTER } from '../support/asking.js'
import {
  groundOf as bareGround,
  ending,
  freshTill,
  type Ground,
  NONCE,
  eventsOf as of,
  openTill,
  purchase,
} from '../support/charging.js'
import { settle } from '../support/loop.js'

/** As if the process were killed before anything is destroyed. */
const cutOff = (secrets: SecretStore): SecretStore => ({
  ...secrets,
  destroy: () => Promise.reject(new SecretsUnreachable('away')),
})

t.test('a card whose destruction was cut off is destroyed when its successor is asked about', async (t) => {
  const ground = await groundOf(t)
  const { secrets } = ground
  const killed = openDesk(ground, { asking: { secrets: cutOff(secrets) } })
  for (const n of [2, 3]) {
    await begin(ground, n)
    await charge(ground, n)
  }
  ground.around.now += SETTLE_AFTER
  t.equal(await killed.came(), '2 paid')
  t.equal(await killed.came(), '2 unanswered', 'it is tried again until it is destroyed')
  killed.process.kill()
  const paid = (await eventsOf(ground)).flatMap(({ type, data }) => (type === 'CheckoutPaid' ? [data.card ?? ''] : []))
  const kept = () => Promise.all(paid.map(async (card) => (await secrets.get(cardName(card))) !== null))
  t.same(await kept(), [true, true])
  const next = openDesk(ground)
  t.teardown(() => next.process.kill())
  t.equal(await next.came(), '2 pending')
  t.same(await kept(), [false, true])
})

t.test('whoever writes the next card destroys both before it', async (t) => {
  const ground = freshTill(t)
  const { secrets, process, pay } = ground
  const killed = openTill(ground, { charging: { secrets: cutOff(secrets) } })
  t.teardown(() => killed.process.kill())
  const cards: string[] = []
  for (const [n, till] of [
    [2, ground],
    [3, killed],
  ] as const) {
    t.equal((await till.pay(n, purchase('9.00'))).kind, 'paid')
    await process.loop.catchUp()
    cards.push(process.loop.locateCard('ann') ?? '')
  }
  const kept = () => Promise.all(cards.map(async (card) => (await secrets.get(cardName(card))) !== null))
  t.same(await kept(), [true, true])
  await pay(4, purchase('9.00'))
  cards.push(process.loop.locateCard('ann') ?? '')
  t.same(await kept(), [false, false, true])
})

/** A log, and what lies in the store of secrets of all that was ever put there. */
const watched = () => {
  const ground = bareGround(createMemoryEventStore())
  const names = new Set<string>()
  const put: SecretStore['put'] = (name, value) => {
    names.add(name)
    return ground.secrets.put(name, value)
  }
  const kept = async (): Promise<readonly string[]> => {
    const found = await Promise.all([...names].map(async (name) => ((await ground.secrets.get(name)) ? [name] : [])))
    return found.flat()
  }
  return { ...ground, secrets: { ...ground.secrets, put }, names, kept }
}

const cards = async (ground: Ground): Promise<readonly string[]> =>
  (await of(ground)).flatMap(({ type, data }) => (type === 'CheckoutPaid' && data.card ? [cardName(data.card)] : []))

t.test('of cards that are given at once, on several processes, the last alone stays', async (t) => {
  const ground = watched()
  const tills = [1, 2, 3].map(() => openTill(ground))
  t.teardown(() => {
    for (const { process } of tills) process.kill()
  })
  const begun = []
  for (let n = 2; n < 14; n += 1) {
    const till = tills[n % 3]
    if (till !== undefined) begun.push({ till, done: await till.start(n, purchase('9.00'))() })
  }
  for (const { process } of tills) await process.loop.catchUp()
  const nonce = { kind: 'nonce', nonce: NONCE } as const
  const ends = await Promise.all(begun.map(({ till, done }) => ending(till.charging.charge(async () => done, nonce))))
  t.same([...new Set(ends)], ['paid'])
  t.equal(ground.names.size, 12)
  t.same(await ground.kept(), (await cards(ground)).slice(-1))
})

t.test('where the log cannot be read the charge is written down all the same', async (t) => {
  const ground = watched()
  const store = { readStream: () => Promise.reject(new Error('away')) }
  const { pay, process } = openTill(ground, { charging: { store } })
  t.teardown(() => process.kill())
  for (const n of [2, 3]) t.equal(await ending(pay(n, purchase('9.00'))), 'paid')
  t.same(await ground.kept(), (await cards(ground)).slice(-1))
})

t.test('a card that is being charged while its person is erased is not kept', async (t) => {
  const ground = watched()
  const { pay, process, settle: settleNow } = openTill(ground)
  t.teardown(() => process.kill())
  let go = (): void => undefined
  ground.gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const paying = ending(pay(2, purchase('9.00')))
  await settle()
  await process.ask('erase-person', { account: 'ann' }, { actor: admin })
  go()
  t.equal(await paying, 'paid')
  t.same([await cards(ground), await ground.kept(), ground.names.size], [[], [], 0])
  t.same(await settleNow(2), ['paid'])
  t.equal(await ending(pay(3, purchase('9.00'))), 'paid')
  t.same(await ground.kept(), await cards(ground), 'what is given afterwards is kept')
  t.equal(ground.names.size, 1)
})

t.test('nor one of a checkout that was in doubt, though it was put before', async (t) => {
  const ground = watched()
  let away = true
  const execute =
    (ask: Commands['execute']): Commands['execute'] =>
    (name, input, context) =>
      away ? Promise.reject(new Unavailable('disk_full', 'full')) : ask(name, input, context)
  const { pay, process, settle: settleNow } = openTill(ground, { execute })
  t.teardown(() => process.kill())
  t.equal(await ending(pay(2, purchase('9.00'))), 'checkout_in_doubt')
  t.equal((await ground.kept()).length, 1)
  await process.ask('erase-person', { account: 'ann' }, { actor: admin })
  away = false
  t.same(await settleNow(2), ['paid'])
  t.same([await cards(ground), await ground.kept()], [[], []])
})

t.test('nor one that an event names just after its person was erased', async (t) => {
  const ground = watched()
  const execute =
    (ask: Commands['execute']): Commands['execute'] =>
    async (name, input, context) => {
      if (name === 'checkout-paid') await process.ask('erase-person', { account: 'ann' }, { actor: admin })
      return ask(name, input, context)
    }
  const { pay, process } = openTill(ground, { execute })
  t.teardown(() => process.kill())
  t.equal(await ending(pay(2, purchase('9.00'))), 'paid')
  t.equal((await cards(ground)).length, 1)
  t.same([ground.names.size, await ground.kept()], [1, []])
})

t.test('where its destruction was cut off it is destroyed when the gateway is asked', async (t) => {
  const ground = await groundOf(t)
  const { secrets, around } = ground
  await begin(ground, 2)
  await charge(ground, 2)
  around.now += SETTLE_AFTER
  const put: SecretStore['put'] = async (name, value) => {
    await secrets.put(name, value)
    await killed.process.ask('erase-person', { account: 'ann' }, { actor: admin })
  }
  const killed = openDesk(ground, { asking: { secrets: { ...cutOff(secrets), put } } })
  t.equal(await killed.came(), '1 paid')
  t.equal(await killed.came(), '1 unanswered', 'it is tried again until it is destroyed')
  killed.process.kill()
  const named = (await eventsOf(ground)).flatMap(({ type, data }) => (type === 'CheckoutPaid' ? [data.card ?? ''] : []))
  const [card = ''] = named
  t.ok(await secrets.get(cardName(card)))
  const next = openDesk(ground)
  t.teardown(() => next.process.kill())
  t.equal(await next.came(), '1 pending')
  t.equal(await secrets.get(cardName(card)), null)
})
