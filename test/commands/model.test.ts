import Database from 'better-sqlite3'
import fc from 'fast-check'
import t from 'tap'
import { type CommandName, type Inputs, Unavailable } from '../../src/commands/port.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { actual } from '../../src/ledger/account.js'
import { amountText } from '../../src/ledger/money.js'
import { ledger } from '../../src/projections/ledger.js'
import { createMemoryEventStore, type Fault, type MemoryEventStore } from '../../src/store/memory.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { contextOf, decode, dump, Process, Surroundings } from '../support/loop.js'
import { type Asked, Oracle } from '../support/oracle.js'
import { type Drawn, drawnCommand, inputOf } from '../support/random-commands.js'

/** Two processes on one log, each with a file of its own. */
class Real {
  readonly around = new Surroundings()
  readonly store: MemoryEventStore
  readonly oracle: Oracle
  readonly faults: Fault[] = []
  processes: [Process, Process]

  constructor() {
    const before = (): Fault => this.faults.shift() ?? 'ok'
    this.store = createMemoryEventStore({ before })
    this.oracle = new Oracle(this.store)
    this.processes = [this.start(this.store), this.start(this.store.sibling({ before }))]
  }

  start(store: Process['store'], database = new Database(':memory:')): Process {
    return new Process(store, { around: this.around, database, limits: { accounts: 2 } })
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

interface Keyed {
  readonly command: Drawn
  readonly key: string | null
  readonly at: 0 | 1
}

class Burst implements fc.AsyncCommand<object, Real> {
  constructor(
    readonly drawn: readonly Keyed[],
    readonly faults: readonly Fault[],
  ) {}
  check = () => true
  async run(_: object, real: Real): Promise<void> {
    for (const { command } of this.drawn) real.around.now += command.hours * 3_600_000
    real.faults.splice(0, real.faults.length, ...this.faults)
    const now = new Date(real.around.now).toISOString()
    const asked = await Promise.all(this.drawn.map((one) => real.ask(one, real.processes[one.at])))
    real.faults.splice(0)
    await real.oracle.check(asked, asked.length === 1, now)
  }
  toString = () => `Burst(${JSON.stringify(this.drawn)}, ${this.faults.join(' ')})`
}

type Happening = 'flush' | 'step' | 'restart' | 'crash' | 'rebuild'

class Happens implements fc.AsyncCommand<object, Real> {
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

const fault = fc.constantFrom<Fault>(
  'ok',
  'ok',
  'twice',
  'unknown-stored',
  'unknown-lost',
  'wrong-revision',
  'disk-full',
)
const keyed: fc.Arbitrary<Keyed> = fc.record({
  command: drawnCommand(['ann', 'bob', 'eve', 'fay']),
  key: fc.constantFrom(null, null, 'k', 'l'),
  at: fc.constantFrom(0, 1),
})
const burst = (most: number) =>
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

/** Views, and the files of both processes, against the books. */
const compareAll = async (real: Real): Promise<void> => {
  const { books } = real.oracle
  const views = createMemoryViewStore()
  const build = await views.createBuild(specOf(ledger))
  const sleep = () => Promise.resolve()
  const runner = await openRunner({ projection: ledger, build, log: real.store, sleep })
  await catchUp({ log: real.store, decode, consumer: runner, signal: new AbortController().signal })
  await views.makeLive('ledger', build.name)
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
  const fresh = new Process(real.store.sibling(), { around: real.around, follow: false })
  await fresh.flush()
  for (const process of real.processes) {
    await process.flush()
    if (dump(process.database) !== dump(fresh.database)) throw new Error('a file is not the fold of the log')
    await process.stop()
  }
}

t.test(
  'whatever is asked, cut off, repeated and restarted: answers, log, files and views are those of the books',
  async (t) => {
    const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
    const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 150)
    t.comment(`COUNTERFOIL_SEED=${seed}`)
    let answers = 0
    const opened: Keyed = {
      command: {
        name: 'recharge',
        actor: contextOf('x', {}, {}).actor,
        accounts: ['ann', 'bob'],
        amount: '30.00',
        full: true,
        pick: 0,
        hours: 0,
      },
      key: null,
      at: 0,
    }
    const bob = { ...opened, command: { ...opened.command, accounts: ['bob', 'ann'] as const } }
    const property = fc.asyncProperty(
      fc.commands([burst(1), burst(1), burst(8), happening], { maxCommands: 60, size: 'max' }),
      async (commands) => {
        let real: Real | undefined
        await fc.asyncModelRun(async () => {
          real = new Real()
          await new Burst([opened], []).run({}, real)
          await new Burst([bob], []).run({}, real)
          return { model: {}, real }
        }, commands)
        if (real === undefined) return
        await compareAll(real)
        answers += real.oracle.answers
      },
    )
    await fc.assert(property, { seed, numRuns })
    t.pass(`${numRuns} sequences, ${answers} answers, COUNTERFOIL_SEED=${seed}`)
  },
)
