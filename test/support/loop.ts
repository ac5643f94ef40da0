import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { commands } from '../../src/commands/commands.js'
import { CommandLoop, type Limits, type LoopOptions } from '../../src/commands/loop.js'
import { createMac } from '../../src/commands/mac.js'
import type { CommandContext, CommandName, Inputs, Outcome } from '../../src/commands/port.js'
import type { Actor } from '../../src/ledger/state.js'
import { createDecoder } from '../../src/store/decode.js'
import { encode } from '../../src/store/encode.js'
import type { EventStore } from '../../src/store/port.js'
import { admin } from './actors.js'
import { idOf } from './books.js'
import { coupons } from './coupons.js'
import { dateIn, FREE_PLAN, GRACE_DAYS, RETRY_DAYS, TAXES, ZONE } from './decide.js'
import { NOW } from './given.js'

export const decode = createDecoder(catalogue, upcasts)

/** What processes on one log share in a test: the time, and ids that never come twice. */
export class Surroundings {
  now = Date.parse(NOW)
  #ids = 0

  readonly clock = (): number => this.now
  readonly randomId = (): string => {
    this.#ids += 1
    return idOf(0x1000 + this.#ids)
  }
}

export interface ProcessOptions {
  readonly around?: Surroundings
  readonly database?: Database.Database
  readonly limits?: Partial<Limits>
  readonly loop?: Partial<LoopOptions>
  /** Left out: it follows the log. */
  readonly follow?: boolean
}

/** As the deciders of the tests have them. */
export const settings = {
  currency: 'EUR',
  holdSeconds: 7 * 86_400,
  graceDays: GRACE_DAYS,
  retryDays: RETRY_DAYS,
  taxes: TAXES,
  freePlan: FREE_PLAN,
  timeZone: ZONE,
  dateIn,
  coupons,
}

const LIMITS: Limits = { accounts: 100, others: 5_000, pending: 1000, tail: 100_000, deadline: 60_000 }

/** One process of the write side: a loop, its file and the writer of the file, which goes only when it is told. */
export class Process {
  readonly loop: CommandLoop
  readonly writer: BookWriter
  readonly database: Database.Database
  readonly around: Surroundings
  readonly store: EventStore
  readonly #ending = new AbortController()
  readonly following: Promise<void>
  #folding: Promise<void> = Promise.resolve()

  constructor(store: EventStore, options: ProcessOptions = {}) {
    this.store = store
    this.around = options.around ?? new Surroundings()
    this.database = options.database ?? new Database(':memory:')
    this.writer = new BookWriter(this.database)
    const { position, leaf, recordedAt } = this.writer.flushed ?? { position: null, leaf: -1, recordedAt: '' }
    this.loop = new CommandLoop({
      commands,
      settings,
      store,
      file: readBookFile(this.database),
      from: { position, leaf, recordedAt },
      mac: createMac(Buffer.from('a secret of tests')),
      encode,
      decode,
      clock: this.around.clock,
      randomId: this.around.randomId,
      wait: () => setImmediate(),
      acceptClock: false,
      limits: { ...LIMITS, ...options.limits },
      ...options.loop,
    })
    this.following = options.follow === false ? Promise.resolve() : this.loop.follow(this.#ending.signal)
    this.following.catch(() => undefined)
  }

  ask<Name extends CommandName>(name: Name, input: Inputs[Name], by: By = {}): Promise<Outcome> {
    return this.loop.execute(name, input, contextOf(name, input, by))
  }

  /** Folds the log into the file's writer, in memory only. One at a time, as the one thread does that follows the log. */
  fold(): Promise<void> {
    this.#folding = this.#folding.then(() => this.#fold())
    return this.#folding
  }

  async #fold(): Promise<void> {
    for (;;) {
      const page = await this.store.readLog({ after: this.writer.reached?.position ?? null, max: 100 })
      for (const recorded of page) {
        const leaf = (this.writer.reached?.leaf ?? -1) + 1
        this.writer.apply({ ...decode(recorded), leaf }, this.store.epoch, recorded.position)
      }
      if (page.length < 100) return
    }
  }

  /** Brings the file up to the end of the log and tells the loop. */
  async flush(): Promise<void> {
    await this.fold()
    this.writer.flush()
    this.loop.flushed(this.writer.flushed?.leaf ?? -1)
  }

  async stop(): Promise<void> {
    await this.loop.close()
    this.kill()
    await this.following
  }

  /** Without a word: what is under way is lost. */
  kill(): void {
    this.#ending.abort()
  }
}

export interface By {
  readonly actor?: Actor
  readonly key?: string
  /** Stands for the body; left out: the input itself. */
  readonly body?: string
}

export const contextOf = (name: string, input: object, { actor = admin, key, body }: By): CommandContext => ({
  actor,
  correlationId: 'a-test',
  idempotency:
    key === undefined
      ? null
      : {
          key,
          fingerprint: createHash('sha256')
            .update(body ?? `${name} ${JSON.stringify(input)}`)
            .digest('base64url'),
        },
})

/** The refusal's code, `key-reused`, or the type of the command's own event. */
export const said = (outcome: Outcome): string => {
  if (outcome.kind === 'done') return outcome.replayed ? `${outcome.event.type} again` : outcome.event.type
  return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind
}

/** What a command ends with, `Unavailable` included. */
export const ended = (outcome: Promise<Outcome>): Promise<string> =>
  outcome.then(said, (error: unknown) =>
    error instanceof Error && 'code' in error ? `unavailable: ${String(error.code)}` : String(error),
  )

/** Lets everything happen that needs no time. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate()
}

/** Every row of a write model's file, as text. */
export const dump = (database: Database.Database): string =>
  ['accounts', 'orders', 'refunds', 'recharges', 'documents', 'heads', 'keys', 'checkpoint']
    .map((table) => {
      const rows = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).safeIntegers().raw().all()
      return `${table}\n${rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).join('\n')}`
    })
    .join('\n')
