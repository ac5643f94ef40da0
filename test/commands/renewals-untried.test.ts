import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { startScheduler } from '../../src/commands/renewal-scheduler.js'
import { type RenewalRun, type Renewed, runRenewals } from '../../src/commands/renewals.js'
import { cardName } from '../../src/commands/settle-charge.js'
import { type SecretStore, SecretsUnreachable, SecretUnreadable } from '../../src/secrets/port.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { ending, type Ground, groundOf, NONCE, openTill, STREAM, typesOf } from '../support/charging.js'
import { boughtPro, cancelled, freePlan, onCard, onFree, paid, started } from '../support/device.js'
import { settle } from '../support/loop.js'
import { publish, put } from '../support/on-sale.js'
import { mac, none } from '../support/renewals.js'

const DUE = '2026-03-01'
const LIMITS = { atOnce: 1, patience: 500, deadline: 5_000, closing: 500 }
/** Events of ann's, besides the one that opens the account. */
const STORY = onCard.length - 2

/** ann's device is due, and paid by a card that is kept; a gate stands before the store of secrets. */
const shop = async (t: Test, facts: readonly Fact[] = onCard.slice(1)) => {
  const ground = groundOf(createMemoryEventStore())
  await publish(ground.store, [freePlan])
  await put(ground.store, STREAM, facts)
  const means = { kind: 'nonce', nonce: NONCE, store: true } as const
  const sold = await ground.gateway.sale({ orderId: idOf(7), amount: '7.00', currency: 'EUR', means })
  if (sold.kind !== 'charged' || sold.card === null) throw new Error('no card')
  await ground.secrets.put(cardName(idOf(8)), sold.card)
  const { secrets: kept } = ground
  const { get } = kept
  const gate = { get }
  const secrets: SecretStore = { ...kept, get: (name) => gate.get(name) }
  return { ...ground, kept, get, gate, ...openShop(t, { ...ground, secrets }) }
}

/** A process on it; what else is done on it is its own. */
const openShop = (t: Test, ground: Ground) => {
  const till = openTill(ground, { charging: { limits: LIMITS } })
  t.teardown(() => till.process.kill())
  const told: string[] = []
  const common = () => ({
    commands: till.process.loop,
    due: readBookFile(till.process.database),
    charge: till.charging.charge,
    mac,
    log: (message: string) => told.push(message),
  })
  const run = async (more: Partial<RenewalRun> = {}): Promise<Renewed> => {
    await till.process.flush()
    const who = { actor: actor('system:renewals', []), correlationId: 'a-run', progress: () => undefined }
    return runRenewals({ ...common(), ...who, asOf: DUE, signal: new AbortController().signal, ...more })
  }
  return { ...till, run, told, common }
}

const types = async (ground: Ground): Promise<readonly string[]> => (await typesOf(ground)).slice(STORY)
const renewed = ['CheckoutStarted', 'CheckoutPaid']

t.test('while the card cannot be read nothing is begun, and the next run charges it', async (t) => {
  const one = await shop(t)
  one.gate.get = () => Promise.reject(new SecretsUnreachable('locked'))
  for (const _ of [1, 2]) t.same(await one.run(), { ...none, failed: 1 })
  t.same(await types(one), [])
  t.match(one.told[0], /^renew:.* of ann failed: Error: locked$/)
  one.gate.get = one.get
  t.same(await one.run(), { ...none, renewed: 1 })
  t.same(await types(one), renewed)
})

t.test('while too many cards are being charged likewise', async (t) => {
  const one = await shop(t)
  let go = (): void => undefined
  one.gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const client = ending(one.pay(20))
  await settle()
  t.same(await one.run(), { ...none, failed: 1 })
  go()
  t.equal(await client, 'paid')
  t.same(await one.run(), { ...none, renewed: 1 })
  t.same(await types(one), [...renewed, ...renewed])
})

t.test('a server that is closing begins none, and the next one charges it', async (t) => {
  const one = await shop(t)
  let read = (): void => undefined
  one.gate.get = (name) => new Promise<void>((resolve) => (read = resolve)).then(() => one.get(name))
  const running = one.run()
  await settle()
  const closing = one.charging.close()
  read()
  t.same(await running, { ...none, failed: 1 }, 'the card was being read')
  await closing
  t.same(await one.run(), { ...none, failed: 1 })
  t.same([await types(one), one.told], [[], []])
  const next = openShop(t, { ...one, secrets: one.kept })
  t.same(await next.run(), { ...none, renewed: 1 })
  t.same(await types(one), renewed)
})

t.test('a server that closes ends the charges that its scheduler has begun, and no others', async (t) => {
  const one = await shop(t)
  await one.process.flush()
  let go = (): void => undefined
  one.gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)))
  const scheduler = startScheduler({ ...one.common(), today: () => '2026-05-01', randomId: () => 'a-run' })
  while (one.gateway.count('sale') < 2) await setImmediate()
  const closed = Promise.all([scheduler.close(), one.charging.close()])
  go()
  await closed
  t.same(await types(one), renewed)
  t.same(one.told, [])
})

t.test('a renewal from the balance needs no card, though one is kept', async (t) => {
  const one = await shop(t, [...onCard.slice(1), boughtPro()])
  one.gate.get = () => Promise.reject(new SecretsUnreachable('locked'))
  t.same(await one.run(), { ...none, renewed: 1 })
  t.same(await types(one), ['Purchased', 'SubscriptionRenewed'])
})

t.test('what is over ends, though the card cannot be read', async (t) => {
  const one = await shop(t, [...onCard.slice(1), cancelled])
  one.gate.get = () => Promise.reject(new SecretsUnreachable('locked'))
  t.same(await one.run(), { ...none, ended: 1 })
})

t.test('a card that nobody can ever read again is none: the plan is past due, and over in the end', async (t) => {
  const one = await shop(t)
  one.gate.get = () => Promise.reject(new SecretUnreadable('damaged'))
  t.same(await one.run(), { ...none, pastDue: 1 })
  t.same(await one.run({ asOf: '2026-05-01' }), { ...none, ended: 1 })
  t.same((await types(one)).slice(-1), ['SubscriptionReverted'])
})

t.test('a card that has paid since the file was read is charged', async (t) => {
  const one = await shop(t, [...onFree.slice(1), boughtPro()])
  await one.process.flush()
  const old = readBookFile(one.process.database).account('ann')
  await put(one.store, STREAM, [started(), paid(5, { card: idOf(8) })], onFree.length)
  const due = { renewals: () => ['ann'], account: () => old }
  t.same(await one.run({ due }), { ...none, renewed: 1 })
  t.same((await types(one)).slice(-2), renewed)
})
