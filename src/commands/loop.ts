import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent, Metadata, StreamEvent } from '../../events/envelope.js'
import { actual } from '../ledger/account.js'
import { accountOf } from '../ledger/streams.js'
import type { EventStore, NewEvent, RecordedEvent } from '../store/port.js'
import { type BookFile, Books } from './books.js'
import { CatchUp, fresh } from './catch-up.js'
import { Clock, type ClockOptions } from './clock.js'
import type { CommandDefinition, CommandSet, Settings } from './define.js'
import { bind, Entry } from './entry.js'
import { cutOff, noAnswer, notReady } from './failures.js'
import { Feed, type Reached } from './feed.js'
import { scopedId, scopeText } from './identity.js'
import type { LaneWorld } from './lane-world.js'
import { Lanes } from './lanes.js'
import type { Mac } from './mac.js'
import { orderPlace } from './order-place.js'
import {
  type CommandContext,
  type CommandName,
  type Commands,
  type Inputs,
  type Outcome,
  type Standing,
  Unavailable,
} from './port.js'
import { createQuotes, type Quotes } from './quotes.js'

export interface LoopOptions extends ClockOptions {
  readonly commands: CommandSet
  readonly settings: Settings
  readonly store: EventStore
  readonly file: BookFile
  /** The checkpoint of the file: the log is followed from there. */
  readonly from: Reached & { readonly recordedAt: string }
  /** Makes ids from keys. */
  readonly mac: Mac
  readonly encode: (fact: Fact, stream: string, expected: number, metadata: Metadata) => NewEvent
  readonly decode: (recorded: RecordedEvent) => StreamEvent
  /** A random UUID. */
  readonly randomId: () => string
  readonly wait: (milliseconds: number) => Promise<void>
  readonly limits: Limits
}

export interface Limits {
  /** Accounts kept in memory. */
  readonly accounts: number
  /** States of each other kind kept in memory. */
  readonly others: number
  /** Commands under way. */
  readonly pending: number
  /** Events that the write model's file may be behind. */
  readonly tail: number
  /** Milliseconds after which a command that has no answer gets a 503. */
  readonly deadline: number
}

export const LIMITS: Limits = { accounts: 50_000, others: 5_000, pending: 10_000, tail: 50_000, deadline: 8_000 }

const SWEEP = 250

/** The one loop of the write side: loads, decides, appends, answers after the commit. */
export class CommandLoop implements Commands {
  readonly quotes: Quotes
  readonly #options: LoopOptions
  readonly #books: Books
  readonly #feed: Feed
  readonly #catchUp: CatchUp
  readonly #clock: Clock
  readonly #lanes: Lanes
  /** In no order, and no Set: what a Set has let go lives on for long, see `Lanes`. */
  readonly #pending: Entry[] = []
  readonly #world: LaneWorld
  #flushed: number
  #serial = 0
  /** Counts sweeps: a clock that nobody sets. */
  #ticks = 0
  #closed: Promise<void> | null = null
  #emptied: () => void = () => undefined

  constructor(options: LoopOptions) {
    this.#options = options
    this.#books = new Books(options.file, options.limits)
    this.#flushed = options.from.leaf
    this.#clock = new Clock(options, options.from.recordedAt)
    this.#feed = new Feed(options.store, options.from, {
      typed: (recorded) => this.#typed(recorded),
      apply: (event) => this.#apply(event),
    })
    this.#catchUp = new CatchUp(() => this.#feed.catchUp())
    this.#world = {
      books: this.#books,
      store: options.store,
      encode: options.encode,
      now: () => this.#clock.now(),
      behind: () => this.#books.newest > this.#feed.leaf,
      catchUp: () => this.#upToDate(),
      read: (stream, revision, leaf) => this.#read(stream, revision, leaf),
      submit: (entry) => this.#submit(entry),
      wait: options.wait,
    }
    this.#lanes = new Lanes(this.#world)
    this.quotes = createQuotes(this.#world, options.settings)
  }

  /** Follows the log until the signal. Rejects when the log holds what cannot be decoded; then every command is refused. */
  async follow(signal: AbortSignal): Promise<void> {
    const sweep = setInterval(() => this.#expire(), SWEEP)
    sweep.unref()
    try {
      await Promise.all([this.#feed.follow(signal), this.#learn(signal)])
    } catch (error) {
      for (const entry of [...this.#pending]) entry.fail(cutOff(entry, error))
      throw error
    } finally {
      clearInterval(sweep)
    }
  }

  async #learn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#books.learn(this.#feed.leaf + 1)) await this.#options.wait(1)
  }

  /** Applies everything the log holds now. */
  catchUp(): Promise<void> {
    return this.#catchUp.request()
  }

  /** The leaf number of the last event applied; -1 before the first. */
  get leaf(): number {
    return this.#feed.leaf
  }

  /** Why no command can be taken now, or `null`. */
  get stopped(): unknown {
    return this.#feed.stopped
  }

  /** Why the clock lets no command be decided now, or `null`. */
  get wrongClock(): string | null {
    return this.#clock.wrong
  }

  /** The write model's file holds everything up to this leaf number. */
  flushed(leaf: number): void {
    this.#flushed = leaf
    this.#books.flushed(leaf)
  }

  execute<Name extends CommandName>(name: Name, input: Inputs[Name], context: CommandContext): Promise<Outcome> {
    const refused = this.#overload()
    if (refused !== null) return Promise.reject(refused)
    const definition: CommandDefinition<Name> = this.#options.commands[name]
    return new Promise((resolve, reject) => {
      this.#serial += 1
      const drawn = { serial: this.#serial, arrived: this.#ticks, causationId: this.#options.randomId() }
      const settling = { resolve, reject, done: this.#done }
      const entry = new Entry(bind(definition, input, this.#options.settings), context, drawn, settling)
      entry.place = this.#pending.push(entry) - 1
      this.#submit(entry)
    })
  }

  readonly locateOrder: Commands['locateOrder'] = (reference) => orderPlace(this.#books, reference)
  readonly locateRecharge: Commands['locateRecharge'] = (reference) => this.#books.recharge(reference)?.leaf ?? null
  readonly locateCard: Commands['locateCard'] = (account) => this.#books.own(account)?.card ?? null
  readonly locateReplacedCard: Commands['locateReplacedCard'] = (account) => this.#books.own(account)?.replaced ?? null
  readonly locateCart: Commands['locateCart'] = (account) =>
    fresh(this.#world, () => this.#books.document('cart', account) ?? null)
  readonly locateCheckout: Commands['locateCheckout'] = (reference) => this.#books.checkout(reference) ?? null
  readonly locateInstance: Commands['locateInstance'] = (id) => this.#books.document('instance', id) ?? null
  readonly locateCustomer: Commands['locateCustomer'] = (id) => this.#books.document('customer', id) ?? null

  /** Takes nothing more, and resolves when everything under way is answered. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#emptied = resolve
      if (this.#pending.length === 0) resolve()
    })
    return this.#closed
  }

  #overload(): Unavailable | null {
    const { limits } = this.#options
    if (this.#closed !== null) return new Unavailable('shutting_down', 'the server is closing')
    if (this.#feed.stopped !== null) return notReady(this.#feed.stopped)
    if (this.#pending.length >= limits.pending) return new Unavailable('busy', 'too many commands are under way')
    if (this.#feed.leaf - this.#flushed > limits.tail) return new Unavailable('busy', 'the write model is behind')
    return null
  }

  readonly #done = (entry: Entry): void => {
    const last = this.#pending.pop()
    if (last !== undefined && last !== entry) {
      this.#pending[entry.place] = last
      last.place = entry.place
    }
    if (this.#pending.length === 0) this.#emptied()
  }

  #submit(entry: Entry): void {
    if (entry.answered) return
    try {
      const stream = entry.command.guard(this.#books)
      if (stream === null) {
        this.#missing(entry)
        return
      }
      const lane = this.#lanes.at(stream)
      if (entry.id === '') this.#name(entry, lane.stream)
      lane.submit(entry)
    } catch (error) {
      entry.fail(error)
    }
  }

  /** The scope of its key, and the id of what it creates. */
  #name(entry: Entry, stream: string): void {
    const { context, command } = entry
    if (context.idempotency === null) {
      entry.id = this.#options.randomId()
      return
    }
    const key = `${command.operation} ${context.idempotency.key}`
    entry.scope = scopeText({ actor: context.actor.subject, stream, key })
    entry.id = scopedId(this.#options.mac, entry.scope)
  }

  #missing(entry: Entry): void {
    if (entry.caughtUp) {
      entry.answer(entry.command.unguarded(this.#books, entry.context.actor))
      return
    }
    this.#upToDate().then(
      () => {
        entry.caughtUp = true
        this.#submit(entry)
      },
      (error: unknown) => entry.fail(error),
    )
  }

  #upToDate(): Promise<void> {
    return this.#catchUp.request().catch((error: unknown) => {
      throw notReady(error)
    })
  }

  #typed(recorded: RecordedEvent): StreamEvent {
    const sent = this.#lanes.get(recorded.stream)?.sent
    return sent?.expects(recorded.revision, recorded.id) ?? this.#options.decode(recorded)
  }

  #apply(event: LedgerEvent): void {
    const lane = this.#lanes.get(event.stream)
    this.#books.apply(event, lane?.sent?.scopeHash(event))
    this.#clock.saw(event.metadata.recordedAt)
    if (lane !== undefined) lane.landed(event, this.#standing(event))
  }

  /** `null`: no account's event, or the books took the account from the file when it was ahead of this event already. */
  #standing({ stream, revision, leaf }: LedgerEvent): Standing | null {
    const name = accountOf(stream)
    const book = name === null ? undefined : this.#books.accounts.get(name)
    if (book?.own?.revision !== revision || book.incomingLeaf > leaf) return null
    const { own, incoming } = book
    const { held, creditLimit, currency, frozen } = own
    return { actual: actual({ own, incoming }), held, creditLimit, currency, frozen }
  }

  async #read(stream: string, revision: number, leaf: number): Promise<LedgerEvent | undefined> {
    try {
      const [recorded] = await this.#options.store.readStream(stream, { direction: 'forwards', from: revision, max: 1 })
      return recorded && { ...this.#options.decode(recorded), leaf }
    } catch (error) {
      throw notReady(error)
    }
  }

  #expire(): void {
    this.#ticks += 1
    const late = this.#ticks - this.#options.limits.deadline / SWEEP
    for (const entry of this.#pending.filter(({ arrived }) => arrived <= late)) entry.fail(noAnswer(entry))
  }
}
