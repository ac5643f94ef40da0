import { join } from 'node:path'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createAsking } from '../../src/commands/asking.js'
import { readBookFile } from '../../src/commands/book-file.js'
import type { Commands } from '../../src/commands/port.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { idOf } from '../support/books.js'
import { ending, type Ground, groundOf, openTill, purchase, type Till, typesOf } from '../support/charging.js'
import type { Fault } from '../support/gateway/faults.js'
import { decode, Surroundings, settle } from '../support/loop.js'
import { mac } from '../support/renewals.js'

const never = (): Promise<never> => new Promise(() => undefined)

type Execute = Commands['execute']

/** Where a process ends, by what it never gets past. */
interface Crash {
  readonly name: string
  readonly fault?: Fault
  readonly execute?: (execute: Execute) => Execute
  /** What the same request gets when the process runs again, and when the gateway was asked. */
  readonly at: string
  readonly end: string
}

const isEnd = (name: string): boolean => name === 'checkout-paid' || name === 'checkout-failed'
const beforeEvent =
  (execute: Execute): Execute =>
  (name, input, context) =>
    isEnd(name) ? never() : execute(name, input, context)
const afterEvent =
  (execute: Execute): Execute =>
  async (name, input, context) => {
    const outcome = await execute(name, input, context)
    return isEnd(name) ? never() : outcome
  }

const doubt = 'checkout_in_doubt'
const paid = 'paid again'
const missing = 'failed: not_found again'

const crashes: readonly Crash[] = [
  { name: 'before the call', fault: never, at: doubt, end: missing },
  { name: 'after the charge', fault: 'hangs', at: doubt, end: paid },
  { name: 'before the event of a charge', execute: beforeEvent, at: doubt, end: paid },
  { name: 'after the event of a charge', execute: afterEvent, at: paid, end: paid },
  ...(['declined', 'unreachable'] as const).flatMap((fault): Crash[] => [
    { name: `before the event: ${fault}`, fault, execute: beforeEvent, at: doubt, end: missing },
    {
      name: `after the event: ${fault}`,
      fault,
      execute: afterEvent,
      at: `failed: ${fault} again`,
      end: `failed: ${fault} again`,
    },
  ]),
  { name: 'when the question was lost', fault: 'lost request', at: doubt, end: missing },
  { name: 'when the answer was lost', fault: 'lost reply', at: doubt, end: paid },
]

interface Place {
  readonly store: EventStore
  /** As a new process finds it. */
  readonly again: () => Promise<EventStore>
}

const places: Readonly<Record<string, (t: Test) => Promise<Place>>> = {
  memory: async () => {
    const store = createMemoryEventStore()
    return { store, again: async () => store.sibling() }
  },
  sqlite: async (t) => {
    const path = join(t.testdir(), 'events.db')
    const open = () => openSqliteEventStore({ path, log: () => undefined })
    const store = await open()
    const again = async () => {
      await store.close()
      return open()
    }
    return { store, again }
  },
}

const until = async (look: () => Promise<boolean>): Promise<void> => {
  for (let left = 5_000; !(await look()); left -= 1) {
    if (left === 0) throw new Error('it did not come to this')
    await sleep(2)
  }
}

/** Asks the gateway as the scheduler does: late enough, and twice. */
const settled = async ({ process }: Till, { gateway, secrets }: Ground): Promise<void> => {
  const { around } = process
  const asking = createAsking({
    ...{
      commands: process.loop,
      store: process.store,
      decode,
      gateway,
      secrets,
      mac,
      file: readBookFile(process.database),
    },
    ...{ clock: around.clock, randomId: around.randomId, random: () => 0, settleAfter: 600_000 },
    log: () => undefined,
    pause: () => setImmediate(),
  })
  for (const later of [601_000, 61_000]) {
    around.now += later
    await process.flush()
    const signal = new AbortController().signal
    await asking.round({ which: 'due', correlationId: 'x', signal, progress: () => undefined })
  }
}

const crashed = async (t: Test, crash: Crash, { store, again }: Place): Promise<void> => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const ground = groundOf(store)
  const around = new Surroundings()
  const { fault, execute = (one) => one } = crash
  if (fault !== undefined) ground.gateway.plan('sale', fault)
  const one = openTill(ground, { around, execute })
  const paying = ending(one.pay(2, purchase('9.00')))
  if (/lost/.test(crash.name)) t.equal(await paying, doubt)
  await until(async () => ground.gateway.count('sale') > 0)
  await until(async () => crash.execute !== afterEvent || (await typesOf(ground)).length === 2)
  await settle()
  one.process.kill()
  await one.process.following

  const next = { ...ground, store: await again() }
  const two = openTill(next, { around })
  t.equal(await ending(two.pay(2)), crash.at, 'the same request again')
  await settled(two, next)
  t.equal(await ending(two.pay(2)), crash.end, 'when the gateway was asked')
  t.equal(ground.gateway.count('sale'), 1, 'nobody charged again')
  const charges = await ground.gateway.find(idOf(2))
  t.equal(charges.length, crash.end === paid ? 1 : 0, 'a charge if and only if it is paid')
  const last = crash.end === paid ? 'CheckoutPaid' : 'CheckoutFailed'
  t.same((await typesOf(next)).slice(0, 2), ['CheckoutStarted', last])
  two.process.kill()
  await two.process.following
  // Here and not in a teardown, because the folder of the test goes before those have ended.
  await next.store.close()
}

/** Each step of a charge; a store in files takes its time. */
const STEPS = 4

for (const [name, open] of Object.entries(places)) {
  for (const crash of name === 'memory' ? crashes : crashes.slice(0, STEPS)) {
    t.test(`a process that ends ${crash.name}, on ${name}`, async (t) => crashed(t, crash, await open(t)))
  }
}
