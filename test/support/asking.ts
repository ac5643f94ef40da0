import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Test } from 'tap'
import type { DataOf, Fact } from '../../events/catalogue.js'
import type { Asked, AskingOptions, Round } from '../../src/commands/asked.js'
import { type Asking, createAsking } from '../../src/commands/asking.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { createSandbox, type Sandbox } from '../../src/gateway/sandbox.js'
import { amountText, fromEvent } from '../../src/ledger/money.js'
import { chartName, postings } from '../../src/ledger/postings.js'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import type { SecretStore } from '../../src/secrets/port.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { admin } from './actors.js'
import { idOf } from './books.js'
import { started } from './card.js'
import { opened } from './facts.js'
import { type Faulty, withFaults } from './gateway/faults.js'
import { decode, Process, type ProcessOptions, Surroundings, said } from './loop.js'
import { mac } from './renewals.js'
import { A, storeOver, under } from './secrets.js'

export const MINUTE = 60_000
export const SETTLE_AFTER = 10 * MINUTE
/** Until the sandbox's money moves. */
export const DAY = 86_400_000

const STREAM = 'account-ann'

/** What outlives a process: the log, the gateway (a file), the store of secrets, and the time. */
export interface Ground {
  readonly store: EventStore
  readonly path: string
  readonly sandbox: Sandbox
  readonly gateway: Faulty
  readonly secrets: SecretStore
  readonly around: Surroundings
}

/** ann has an account. */
export const groundOf = async (
  t: Test,
  store: EventStore = createMemoryEventStore(),
  path = `${t.testdir()}/gateway.db`,
): Promise<Ground> => {
  const around = new Surroundings()
  const sandbox = createSandbox({ path, clock: around.clock, settleAfter: DAY })
  t.teardown(() => sandbox.close())
  const ground = { store, path, sandbox, gateway: withFaults(sandbox), around }
  await append(ground, opened('ann'))
  return { ...ground, secrets: storeOver(createMemorySecretRecords(), under(A)) }
}

type Logged = Pick<Ground, 'store' | 'around'>

/** As another process appends to ann's account. */
export const append = async ({ store, around }: Logged, fact: Fact): Promise<void> => {
  const [last] = await store.readStream(STREAM, { direction: 'backwards', max: 1 })
  const expected = last?.revision ?? -1
  const recordedAt = new Date(around.now).toISOString()
  const metadata = { recordedAt, actor: 'ann', correlationId: 'a-test', causationId: idOf(1) }
  await store.append(STREAM, expected, [encode(fact, STREAM, expected, metadata)])
}

/** The checkout of that number is begun, and the card not charged. */
export const begin = (ground: Logged, n: number, amount = '22.00', more: Partial<Sold> = {}): Promise<void> => {
  const fact = started(n)
  if (fact.type !== 'CheckoutStarted') throw new Error('another fact')
  const [charge, tax] = fact.data.lines
  const lines = amount === '22.00' || !charge || !tax ? fact.data.lines : [{ ...charge, amount }]
  return append(ground, { type: 'CheckoutStarted', data: { ...fact.data, amount, lines, ...more } })
}

type Sold = DataOf<'CheckoutStarted'>

/** The card is charged under the id of that checkout; the gateway's name of it. */
export const charge = async ({ sandbox }: Ground, n: number, amount = '22.00', currency = 'EUR'): Promise<string> => {
  const means = { kind: 'nonce', nonce: 'fake-valid-nonce', store: true } as const
  const result = await sandbox.sale({ orderId: idOf(n), amount, currency, means })
  if (result.kind !== 'charged') throw new Error(`not charged: ${result.reason}`)
  return result.transaction
}

export interface Desk {
  readonly process: Process
  readonly asking: Asking
  readonly log: string[]
  /** One round, of what the log holds now. */
  readonly ask: (round?: Partial<Round>) => Promise<Asked>
  /** What came to something, in words: `1 paid`. */
  readonly came: (round?: Partial<Round>) => Promise<string>
  /** An admin has so much given back; `undefined`: all. */
  readonly refund: (n: number, amount?: string) => Promise<string>
}

export interface DeskOptions extends ProcessOptions {
  readonly asking?: Partial<AskingOptions>
}

/** A process that asks the gateway. */
export const openDesk = (ground: Ground, options: DeskOptions = {}): Desk => {
  const { store, gateway, secrets, around } = ground
  const process = new Process(store, { around, ...options })
  const log: string[] = []
  const asking = createAsking({
    commands: process.loop,
    store,
    decode,
    gateway,
    secrets,
    mac,
    clock: around.clock,
    randomId: around.randomId,
    file: readBookFile(process.database),
    settleAfter: SETTLE_AFTER,
    random: () => 0,
    log: (message) => log.push(message),
    pause: () => setImmediate(),
    ...options.asking,
  })
  const ask: Desk['ask'] = async (round = {}) => {
    await process.flush()
    const signal = new AbortController().signal
    return asking.round({ which: 'due', correlationId: 'asking', signal, progress: () => undefined, ...round })
  }
  const came: Desk['came'] = async (round) => words(await ask(round))
  const refund: Desk['refund'] = async (n, amount) => {
    const input = { order: idOf(n), ...(amount !== undefined && { amount }) }
    return said(await process.ask('refund-purchase', input, { actor: admin }))
  }
  return { process, asking, log, ask, came, refund }
}

export const words = (asked: Asked): string =>
  Object.entries(asked)
    .flatMap(([kind, count]) => (count === 0 ? [] : [`${count} ${kind}`]))
    .join(', ')

export const freshDesk = async (t: Test, options: DeskOptions = {}): Promise<Ground & Desk> => {
  const ground = await groundOf(t)
  const desk = openDesk(ground, options)
  t.teardown(() => desk.process.kill())
  return { ...ground, ...desk }
}

/** What happened to ann since her account was opened. */
export const eventsOf = async ({ store }: Pick<Ground, 'store'>) =>
  (await store.readStream(STREAM, { direction: 'forwards', from: 1, max: 1_000 })).map(decode)

export const typesOf = async (ground: Pick<Ground, 'store'>): Promise<readonly string[]> =>
  (await eventsOf(ground)).map(({ type }) => type)

interface Row {
  readonly charge: string | null
  readonly amount: string
  readonly state: string
}

/** What the gateway has, by its own records: charges and refunds that have come or are on their way. */
export const gatewayHas = ({ path, around }: Pick<Ground, 'path' | 'around'>): string => {
  const database = new Database(path, { readonly: true })
  const rows = database
    .prepare<[number], Row>(
      "SELECT charge, amount, coalesce(fate, iif(? < due, 'pending', outcome)) AS state FROM transactions",
    )
    .all(around.now)
  database.close()
  const live = rows.filter(({ state }) => state === 'pending' || state === 'settled')
  return amountText(
    live.reduce((sum, { charge, amount }) => sum + (charge === null ? 1n : -1n) * fromEvent(amount), 0n),
    'EUR',
  )
}

/** What the gateway has, by the ledger. Every event's postings sum to zero, or this throws. */
export const ledgerSays = async (ground: Pick<Ground, 'store'>): Promise<string> => {
  let clearing = 0n
  for (const event of await eventsOf(ground)) {
    const legs = postings(event)
    if (legs.reduce((sum, { amount }) => sum + amount, 0n) !== 0n) throw new Error(`${event.type} does not balance`)
    for (const leg of legs) if (chartName(leg) === 'assets:clearing:card') clearing += leg.amount
  }
  return amountText(clearing, 'EUR')
}
