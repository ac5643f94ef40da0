import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { CHARGING_LIMITS, createCharging } from '../../src/commands/charging.js'
import type { Commands } from '../../src/commands/port.js'
import { createSandbox } from '../../src/gateway/sandbox.js'
import type { Parts } from '../../src/http/parts.js'
import { streamOf } from '../../src/ledger/streams.js'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import { SecretsUnreachable, SecretUnreadable } from '../../src/secrets/port.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { idOf } from '../support/books.js'
import { withFaults } from '../support/gateway/faults.js'
import { NOW } from '../support/given.js'
import { decode, Process, Surroundings } from '../support/loop.js'
import { mac } from '../support/renewals.js'
import { A, storeOver, under } from '../support/secrets.js'
import { createWorld, viewsOf } from './world.js'

export type Wrap = (execute: Commands['execute']) => Commands['execute']

/** The real write side, at this instant, over a store in memory that holds these facts; secrets that may be away. */
export const startOn = async (t: Test, facts: readonly Fact[], wrap: Wrap = (execute) => execute, now = NOW) => {
  const store = createMemoryEventStore()
  const revisions = new Map<string, number>()
  for (const fact of facts) {
    const stream = streamOf(fact)
    const last = revisions.get(stream) ?? -1
    revisions.set(stream, last + 1)
    const metadata = { recordedAt: NOW, actor: 'root', correlationId: 'c', causationId: idOf(1) }
    await store.append(stream, last, [encode(fact, stream, last, metadata)])
  }
  const log = async (): Promise<readonly LedgerEvent[]> =>
    (await store.readLog({ after: null, max: 1_000 })).map((recorded, leaf) => ({ ...decode(recorded), leaf }))
  const around = Object.assign(new Surroundings(), { now: Date.parse(now) })
  const process = new Process(store, { around })
  t.teardown(() => process.stop())
  await process.loop.catchUp()

  const records = createMemorySecretRecords()
  const kept = storeOver(records, under(A))
  const control = {
    away: false,
    unreadable: false,
    read: async (): Promise<void> => undefined,
    put: [] as string[],
  }
  const reached = async (): Promise<void> => {
    if (control.away) throw new SecretsUnreachable('nobody answers')
  }
  const secrets: Parts['secrets'] = {
    put: async (name, value) => {
      await reached()
      control.put.push(name)
      await kept.put(name, value)
    },
    get: async (name) => {
      await reached()
      if (control.unreadable && control.put.includes(name)) throw new SecretUnreadable(`${name} is not what was stored`)
      const value = await kept.get(name)
      if (control.put.includes(name)) await control.read()
      return value
    },
    destroy: async (name) => {
      await reached()
      await kept.destroy(name)
    },
  }
  /** Of all that was ever put, how many are there still. */
  const alive = async (): Promise<number> => {
    const values = await Promise.all(control.put.map((name) => kept.get(name)))
    return values.filter((value) => value !== null).length
  }
  const views: Parts['views'] = {
    document: async (name, key) => viewsOf(await log()).document(name, key),
    row: async (name, key) => viewsOf(await log()).row(name, key),
    rows: async (name, query) => viewsOf(await log()).rows(name, query),
    checkpoint: async () => null,
  }
  const commands: Commands = {
    execute: wrap((...asked) => process.loop.execute(...asked)),
    quotes: process.loop.quotes,
    locateOrder: (order) => process.loop.locateOrder(order),
    locateInstance: (id) => process.loop.locateInstance(id),
    locateCustomer: (account) => process.loop.locateCustomer(account),
    locateCart: (account) => process.loop.locateCart(account),
    locateCheckout: (reference) => process.loop.locateCheckout(reference),
    locateCard: (account) => process.loop.locateCard(account),
    locateReplacedCard: (account) => process.loop.locateReplacedCard(account),
    locateRecharge: (id) => process.loop.locateRecharge(id),
  }
  const gateway = withFaults(createSandbox({ clock: () => Date.parse(NOW) }))
  const { charge } = createCharging({
    commands,
    store,
    decode,
    secrets,
    gateway,
    mac,
    wait: () => setImmediate(),
    log: () => undefined,
    limits: CHARGING_LIMITS,
  })
  const { clientToken } = gateway
  const { app } = createWorld([], { commands, views, log: store, decode, secrets, charge, clientToken })
  const send = async (
    [method, url]: readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string],
    who: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const reply = await app.inject({
      method,
      url,
      headers: { authorization: who, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: reply.statusCode, text: reply.payload, json: () => reply.json(), headers: reply.headers }
  }
  const types = async () => (await log()).slice(facts.length).map(({ type }) => type)
  return { app, commands, send, log, types, control, alive, kept, gateway }
}
