import Database from 'better-sqlite3'
import type { LoopOptions } from '../../src/commands/loop.js'
import { type CommandName, type Inputs, Unavailable } from '../../src/commands/port.js'
import { catchUp } from '../../src/follower/catch-up.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { actual } from '../../src/ledger/account.js'
import { amountText } from '../../src/ledger/money.js'
import { ledger } from '../../src/projections/ledger.js'
import { projections } from '../../src/projections/projections.js'
import { compare } from '../../src/reports/compare.js'
import type { Fault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import type { ViewBuild } from '../../src/views/port.js'
import { onSale, serviced } from './facts.js'
import { fc } from './fast-check.js'
import { contextOf, decode, dump, Process, Surroundings } from './loop.js'
import { publish } from './on-sale.js'
import { type Asked, Oracle } from './oracle.js'
import { type Drawn, drawnCommand, inputOf } from './random-commands.js'

/** Two processes on one log, each with a file of its own. */
export class Real {
  readonly around = new Surroundings()
  readonly store: EventStore
  readonly oracle: Oracle
  readonly arm: (faults: readonly Fault[]) => void
  readonly #wait: LoopOptions['wait']
  processes: [Process, Process]

  /** `arm`: what strikes the appends to come, first to last. */
  constructor(
    [store, sibling]: readonly [EventStore, EventStore],
    { arm, wait }: { arm: (faults: readonly Fault[]) => void; wait: LoopOptions['wait'] },
  ) {
    this.store = store
    this.oracle = new Oracle(store)
    this.arm = arm
    this.#wait = wait
    this.processes = [this.start(store), this.start(sibling)]
  }

  start(store: EventStore, database = new Database(':memory:')): Process {
    return new Process(store, {
      around: this.around,
      database,
      limits: { accounts: 2, others: 2 },
      loop: { wait: this.#wait },
    })
  }

  async ask(drawn: Keyed, process: Process): Promise<Asked> {
    return await this.#ask(drawn.command.name, drawn, process)
  }

  async #ask<Name extends CommandName>(name: Name, { command, key }: Keyed, process: Process): Promise<Asked> {
    const input: Inputs[Name] = inputOf[name](command, this.oracle.books)
    const body = JSON.stringify(input)
    const { actor } = command
    const by = { actor, body, ...(key !== null && { key }) }
    const outcome = await process.loop.execute(name, input, contextOf(name, input, by)).catch((error: unknown) => {
      if (error instanceof Unavailable && ['disk_full', 'conflicts'].includes(error.code)) return error
      throw error
    })
    // The name of the command and its input belong together by the line above.
    return { name, input, actor, key: key ?? undefined, body, outcome } as Asked
  }
}

export interface Keyed {
  readonly command: Drawn
  readonly key: string | null
  readonly at: 0 | 1
}

export class Burst implements fc.AsyncCommand<object, Real> {
  constructor(
    readonly drawn: readonly Keyed[],
    readonly faults: readonly Fault[],
  ) {}
  check = () => true
  async run(_: object, real: Real): Promise<void> {
    for (const { command } of this.drawn) real.around.now += command.hours * 3_600_000
    real.arm(this.faults)
    const now = new Date(real.around.now).toISOString()
    const asked = await Promise.all(this.drawn.map((one) => real.ask(one, real.processes[one.at])))
    real.arm([])
    await real.oracle.check(asked, asked.length === 1, now)
  }
  toString = () => `Burst(${JSON.stringify(this.drawn)}, ${this.faults.join(' ')})`
}

export type Happening = 'flush' | 'step' | 'restart' | 'crash' | 'rebuild'

export class Happens implements fc.AsyncCommand<object, Real> {
  constructor(
    readonly what: Happening,
    readonly at: 0 | 1,
    readonly steps: number,
  ) {}
  check = () => true
  async run(_: object, real: Real): Promise<void> {
    const process = real.processes[this.at]
    if (this.what === 'flush') return await process.flush()
    if (this.what === 'step') return await this.step(process)
    if (this.what === 'restart') await process.flush()
    if (this.what === 'crash') await this.step(process)
    await process.stop()
    real.processes[this.at] = real.start(process.store, this.what === 'rebuild' ? undefined : process.database)
  }
  /** A flush that is cut off in the middle. */
  async step(process: Process): Promise<void> {
    await process.fold()
    process.writer.begin()
    for (let n = 0; n < this.steps; n += 1) {
      if (process.writer.step()) process.loop.flushed(process.writer.flushed?.leaf ?? -1)
    }
  }
  toString = () => `Happens(${this.what}, ${this.at}, ${this.steps})`
}

/** The fold of a log in one go, and in small bites by a runner that keeps next to nothing and is opened again and again: byte for byte. */
const compareFolds = async (projection: AnyProjection, log: EventStore): Promise<void> => {
  const { signal } = new AbortController()
  const views = createMemoryViewStore()
  const sleep = () => Promise.resolve()
  const folded = async (bite: number, options: { cached?: number; deferred?: boolean }): Promise<ViewBuild> => {
    const build = await views.createBuild(specOf(projection))
    const open = () => openRunner({ projection, build, log, sleep, ...options })
    let runner = await open()
    for (;;) {
      const page = await log.readLog({ after: runner.checkpoint?.position ?? null, max: bite })
      const first = (runner.checkpoint?.leaf ?? -1) + 1
      const events = page.map((recorded, n) => decode(recorded, first + n))
      if (events.length > 0) await runner.handle({ events, positions: page.map(({ position }) => position) }, signal)
      await runner.settle(signal)
      if (page.length < bite) return build
      runner = await open()
    }
  }
  const [whole, bites] = [await folded(1_000_000, { deferred: true }), await folded(7, { cached: 1 })]
  const { different, moved, differences } = await compare(whole, bites)
  if (different + moved > 0) throw new Error(`${projection.name}: ${JSON.stringify(differences)}`)
}

/** Views, and the files of both processes, against the books. */
export const compareAll = async (real: Real): Promise<void> => {
  const { books } = real.oracle
  const views = createMemoryViewStore()
  const build = await views.createBuild(specOf(ledger))
  const sleep = () => Promise.resolve()
  const runner = await openRunner({ projection: ledger, build, log: real.store, sleep })
  await catchUp({ log: real.store, decode, consumer: runner, signal: new AbortController().signal })
  await views.makeLive('ledger', build.name)
  for (const projection of projections) await compareFolds(projection, real.store)
  for (const [name, own] of books.own) {
    const account = books.account(name)
    const document = await views.reader.document('ledger', name)
    const right = account && {
      actual: amountText(actual(account), own.currency),
      held: amountText(own.held, own.currency),
    }
    const shown = { actual: document?.body.actual, held: document?.body.held }
    if (JSON.stringify(shown) !== JSON.stringify(right))
      throw new Error(`${name}: ${JSON.stringify([document, right])}`)
  }
  const fresh = new Process(real.store, { around: real.around, follow: false })
  await fresh.flush()
  for (const process of real.processes) {
    await process.flush()
    if (dump(process.database) !== dump(fresh.database)) throw new Error('a file is not the fold of the log')
    await process.stop()
  }
}

/** Both have 30.00. */
const opened = (name: string, other: string): Keyed => ({
  command: {
    name: 'recharge',
    actor: contextOf('x', {}, {}).actor,
    accounts: [name, other],
    amount: '30.00',
    full: true,
    pick: 0,
    hours: 0,
  },
  key: null,
  at: 0,
})

/** Begins where ann and bob have 30.00 each. */
export const prepare = async (real: Real): Promise<Real> => {
  await publish(real.store, [...onSale, serviced('db')])
  await real.oracle.begin()
  for (const keyed of [opened('ann', 'bob'), opened('bob', 'ann')]) await new Burst([keyed], []).run({}, real)
  return real
}

const keyed: fc.Arbitrary<Keyed> = fc.record({
  command: drawnCommand(['ann', 'bob', 'eve', 'fay']),
  key: fc.constantFrom(null, null, 'k', 'l'),
  at: fc.constantFrom(0, 1),
})
const burst = (most: number, fault: fc.Arbitrary<Fault>) =>
  fc
    .tuple(fc.array(keyed, { minLength: 1, maxLength: most }), fc.array(fault, { maxLength: 4 }))
    .map(([drawn, faults]) => new Burst(drawn, faults))
const happening = fc
  .tuple(
    fc.constantFrom<Happening>('flush', 'step', 'restart', 'crash', 'rebuild'),
    fc.constantFrom<0 | 1>(0, 1),
    fc.nat({ max: 5 }),
  )
  .map(([what, at, steps]) => new Happens(what, at, steps))

/** Sequences of what is asked and what happens; `fault`: what may strike an append. */
export const sequences = (fault: fc.Arbitrary<Fault>, maxCommands: number) =>
  fc.commands([burst(1, fault), burst(1, fault), burst(8, fault), happening], { maxCommands, size: 'max' })
