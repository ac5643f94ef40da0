import type { Test } from 'tap'
import type { DataOf } from '../../events/catalogue.js'
import { type Charging, type ChargingOptions, createCharging } from '../../src/commands/charging.js'
import type { Commands, Done } from '../../src/commands/port.js'
import { type About, type CheckoutEnd, settleCharge } from '../../src/commands/settle-charge.js'
import { createSandbox } from '../../src/gateway/sandbox.js'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import type { SecretStore } from '../../src/secrets/port.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { idOf } from './books.js'
import { published } from './facts.js'
import { type Faulty, withFaults } from './gateway/faults.js'
import { NOW } from './given.js'
import { decode, Process, type ProcessOptions } from './loop.js'
import { mac } from './renewals.js'
import { A, storeOver, under } from './secrets.js'

export const NONCE = 'fake-valid-nonce'
export const STREAM = 'account-ann'

/** What outlives a process. */
export interface Ground {
  readonly store: EventStore
  readonly gateway: Faulty
  readonly secrets: SecretStore
}

export const groundOf = (store: EventStore): Ground => ({
  store,
  gateway: withFaults(createSandbox({ clock: () => 0 })),
  secrets: storeOver(createMemorySecretRecords(), under(A)),
})

export interface Till {
  readonly process: Process
  readonly charging: Charging
  readonly said: readonly string[]
  /** Asks for the checkout of this number; one that was asked for before, on whatever process, is replayed. */
  readonly start: (n: number, more?: Partial<DataOf<'CheckoutStarted'>>) => () => Promise<Done>
  /** Charges a nonce for it. */
  readonly pay: (n: number, more?: Partial<DataOf<'CheckoutStarted'>>) => Promise<CheckoutEnd>
  /** A checkout of that number as those see it who look after it. */
  readonly about: (n: number) => Promise<About>
  /** Asks the gateway for its charges, as whoever settles checkouts does, and gives what they are to it. */
  readonly settle: (n: number) => Promise<readonly string[]>
}

export interface TillOptions extends ProcessOptions {
  readonly charging?: Partial<ChargingOptions>
  /** What stands between it and the write side. */
  readonly execute?: (execute: Commands['execute']) => Commands['execute']
}

const PATIENCE = { atOnce: 100, patience: 500, deadline: 5_000, closing: 500 }

/** A process that charges, on a log with a recharge by card of ann's, `started`. */
export const openTill = ({ store, gateway, secrets }: Ground, options: TillOptions = {}): Till => {
  const process = new Process(store, options)
  const said: string[] = []
  const { locateCheckout, locateCard, locateReplacedCard, locateCustomer } = process.loop
  const asked: Commands['execute'] = (...command) => process.loop.execute(...command)
  const execute = options.execute?.(asked) ?? asked
  const settling = {
    commands: { execute, locateCheckout, locateCard, locateReplacedCard, locateCustomer },
    store,
    decode,
    secrets,
    mac,
    ...options.charging,
  }
  const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const charging = createCharging({
    gateway,
    wait,
    log: (message) => said.push(message),
    limits: PATIENCE,
    ...settling,
    secrets,
    ...options.charging,
  })
  const found = async (checkout: string): Promise<Done | null> => {
    const log = (await store.readLog({ after: null, max: 1_000 })).map((recorded) => decode(recorded))
    const leaf = log.findIndex(({ type, data }) => type === 'CheckoutStarted' && data.checkout === checkout)
    const event = log[leaf]
    return event === undefined ? null : { kind: 'done', event: { ...event, leaf }, replayed: true, standing: null }
  }
  const start =
    (n: number, more: Partial<DataOf<'CheckoutStarted'>> = {}) =>
    async (): Promise<Done> => {
      await process.loop.catchUp()
      const before = await found(idOf(n))
      if (before !== null) return before
      await append(store, started(n, more))
      await process.loop.catchUp()
      const after = await found(idOf(n))
      if (after === null) throw new Error('it is not there')
      return { ...after, replayed: false }
    }
  const about = async (n: number): Promise<About> => {
    const { event } = await start(n)()
    if (event.type !== 'CheckoutStarted') throw new Error('another event')
    return { leaf: event.leaf, started: event.data, correlationId: 'settling' }
  }
  const settle = async (n: number): Promise<readonly string[]> => {
    const fates: string[] = []
    for (const charge of await gateway.find(idOf(n))) {
      fates.push((await settleCharge({ ...settling, secrets, commands: process.loop }, await about(n), charge)).kind)
    }
    return fates
  }
  const pay: Till['pay'] = (n, more) => charging.charge<never>(start(n, more), { kind: 'nonce', nonce: NONCE })
  return { process, charging, said, start, pay, about, settle }
}

const started = (n: number, more: Partial<DataOf<'CheckoutStarted'>>): DataOf<'CheckoutStarted'> => ({
  checkout: idOf(n),
  account: 'ann',
  purpose: 'recharge',
  amount: '20.00',
  currency: 'EUR',
  items: [],
  lines: [],
  means: 'nonce',
  ...more,
})

/** Of a plan, on a device of ann's. */
export const purchase = (price: string): Partial<DataOf<'CheckoutStarted'>> => {
  const fact = published('Pro', price)
  if (fact.type !== 'PlanPublished') throw new Error('no plan')
  const { plan, itemVersion, name, type, billPeriod, description } = fact.data
  const item = { plan, planVersion: itemVersion, name, type, price, billPeriod, description, charged: price }
  return {
    purpose: 'purchase',
    amount: price,
    items: [{ ...item, subscription: idOf(0xabc) }],
    lines: [{ item: 0, plan, kind: 'charge', amount: price }],
  }
}

const append = async (store: EventStore, data: DataOf<'CheckoutStarted'>): Promise<void> => {
  const metadata = { recordedAt: NOW, actor: 'ann', correlationId: 'a-test', causationId: idOf(1) }
  const last = (await store.readStream(STREAM, { direction: 'backwards', max: 1 }))[0]?.revision ?? -1
  const opened = { owner: 'ann', currency: 'EUR', creditLimit: '0.00' }
  if (last === -1)
    await store.append(STREAM, -1, [encode({ type: 'AccountOpened', data: opened }, STREAM, -1, metadata)])
  const at = Math.max(0, last)
  await store.append(STREAM, at, [encode({ type: 'CheckoutStarted', data }, STREAM, at, metadata)])
}

/** What happened to ann, in order. */
export const eventsOf = async ({ store }: Pick<Ground, 'store'>) =>
  (await store.readStream(STREAM, { direction: 'forwards', max: 1_000 })).map(decode)

export const typesOf = async (ground: Pick<Ground, 'store'>): Promise<readonly string[]> =>
  (await eventsOf(ground)).map(({ type }) => type).slice(1)

/** `paid`, `failed: declined`, or the code of what was thrown; `again`: of an earlier request. */
export const ending = (end: Promise<CheckoutEnd | { readonly kind: string }>): Promise<string> =>
  end.then(
    (found) => {
      if (!('done' in found)) return found.kind
      const kind = found.kind === 'failed' ? `failed: ${found.why.reason}` : found.kind
      return found.done.replayed ? `${kind} again` : kind
    },
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )

/** A new process on a new log. */
export const freshTill = (t: Test, options: TillOptions = {}): Ground & Till => {
  const ground = groundOf(createMemoryEventStore())
  const till = openTill(ground, options)
  t.teardown(() => till.process.kill())
  return { ...ground, ...till }
}
