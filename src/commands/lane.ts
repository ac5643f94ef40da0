import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { IN_FLIGHT } from '../ledger/account.js'
import type { Decision } from '../ledger/decision.js'
import { latest } from '../ledger/time.js'
import { OutcomeUnknown, WrongExpectedRevision } from '../store/errors.js'
import { Batch } from './batch.js'
import type { Entry, Pending } from './entry.js'
import { failureOf } from './failures.js'
import { scopeHash } from './identity.js'
import type { LaneWorld } from './lane-world.js'
import { makeEvents } from './make-events.js'
import { Overlay } from './overlay.js'
import { type Outcome, type Standing, Unavailable } from './port.js'
import { recall, repeatStored } from './recall.js'

/** Commands that wait undecided at one stream. */
const MAX_WAITING = 2000
const FIRST_RETRY = 20
const LAST_RETRY = 1000

/**
 * One guarded stream while commands are at it: what is in flight, what is decided behind it, and who waits.
 * At most one append is under way; what is decided meanwhile leaves with the next one.
 */
export class Lane {
  readonly stream: string
  readonly #world: LaneWorld
  /** `null` while nobody is at it. */
  #overlay: Overlay | null = null
  #current: Batch | null = null
  #next: Batch | null = null
  #waiting: Entry[] = []
  #state: 'open' | 'in-doubt' | 'recovering' = 'open'

  constructor(stream: string, world: LaneWorld) {
    this.stream = stream
    this.#world = world
  }

  get idle(): boolean {
    return this.#current === null && this.#next === null && this.#waiting.length === 0 && this.#state === 'open'
  }

  submit(entry: Entry): void {
    if (this.#state === 'open' && this.#waiting.length === 0 && this.#next?.full !== true) {
      this.#decide(entry)
      this.#rest()
    } else if (this.#waiting.length < MAX_WAITING) {
      entry.inDoubt = this.#state === 'in-doubt'
      this.#waiting.push(entry)
    } else {
      const doubt = this.#state === 'in-doubt'
      entry.fail(new Unavailable(doubt ? 'outcome_unknown' : 'busy', `too many commands wait for ${this.stream}`))
    }
  }

  /** What is at the store: what the follower sees of this stream is the next of it, or another process's. */
  get sent(): Batch | null {
    return this.#current
  }

  /** The books hold the event now. */
  landed(event: LedgerEvent, standing: Standing | null): void {
    const batch = this.#current
    if (batch?.expects(event.revision, event.id) === undefined) return
    batch.land(event, standing)
    if (batch.committed) this.#settle(batch)
  }

  #decide(entry: Entry): void {
    if (entry.answered) return
    try {
      if (entry.scope !== null && this.#recall(entry, entry.scope)) return
      if (entry.command.fresh && !entry.caughtUp) {
        this.#afterCatchUp(entry)
        return
      }
      const now = latest(this.#world.now(), this.#ahead.recordedAt)
      const { context, id } = entry
      const decision = entry.command.decide(this.#ahead, { actor: context.actor, now, id })
      if (this.#world.behind()) this.#afterCatchUp(entry)
      else this.#act(entry, decision, now)
    } catch (error) {
      entry.fail(error)
    }
  }

  /** Looks for the entry's key, in flight and committed. `true`: the entry is taken care of. */
  #recall(entry: Entry, scope: string): boolean {
    const flying = this.#current?.keyed(scope) ?? this.#next?.keyed(scope)
    const fingerprint = entry.context.idempotency?.fingerprint
    if (flying !== undefined) {
      const same = flying.entry.context.idempotency?.fingerprint === fingerprint
      const { revision } = flying
      const pending: Pending = same
        ? { entry, kind: 'repeat', revision, leaf: IN_FLIGHT }
        : { entry, kind: 'answer', outcome: { kind: 'key-reused' } }
      this.#batchOf(revision)?.pending.push(pending)
      return true
    }
    entry.scopeHash ??= scopeHash(scope)
    const places = this.#world.books.keys.places(entry.scopeHash)
    const place = places.find(({ leaf }) => !entry.strangers?.has(leaf))
    if (place === undefined) return false
    recall(this.#world, entry, { stream: this.stream, ...place })
    return true
  }

  #act(entry: Entry, decision: Decision, now: string): void {
    switch (decision.kind) {
      case 'facts':
        this.#gather(entry, decision.facts, now)
        break
      case 'repeat':
        this.#repeat(entry, decision.revision, decision.leaf)
        break
      case 'refused':
        // With a key the request may have been accepted elsewhere, when its times or its token were still good.
        if (entry.caughtUp || (decision.refusal.onRequest && entry.scope === null)) this.#reply(entry, decision)
        else this.#afterCatchUp(entry)
        break
      case 'wait':
        // What it waits for is in flight here, so there is a batch.
        this.#last?.pending.push({ entry, kind: 'again' })
        break
      /* c8 ignore next 3: the compiler proves that nothing comes here */
      default: {
        const _: never = decision
      }
    }
  }

  #gather(entry: Entry, facts: readonly Fact[], recordedAt: string): void {
    const overlay = this.#ahead
    const place = { stream: this.stream, revision: overlay.revision + 1, recordedAt }
    const made = makeEvents(entry, facts, place, this.#world.encode)
    const own = made.at(-1)
    if (own === undefined) throw new Error(`${entry.command.name} decided on nothing`)
    this.#next ??= new Batch(place.revision)
    for (const { event, encoded } of made) {
      overlay.fold(event)
      this.#next.add(event, encoded, event === own.event ? entry : null)
    }
    this.#next.pending.push({ entry, kind: 'done', revision: own.event.revision, leaf: IN_FLIGHT })
    entry.gathered = true
    if (this.#current === null) this.#send()
  }

  /** Decided before, at this revision: in flight here, or committed. */
  #repeat(entry: Entry, revision: number, leaf: number): void {
    const batch = this.#batchOf(revision) ?? this.#last
    if (batch === null) repeatStored(this.#world, entry, { stream: this.stream, revision, leaf })
    else batch.pending.push({ entry, kind: 'repeat', revision, leaf })
  }

  /** An answer that rests on everything in flight here. */
  #reply(entry: Entry, outcome: Outcome): void {
    if (this.#last === null) entry.answer(outcome)
    else this.#last.pending.push({ entry, kind: 'answer', outcome })
  }

  get #ahead(): Overlay {
    this.#overlay ??= new Overlay(this.#world.books, this.stream)
    return this.#overlay
  }

  get #last(): Batch | null {
    return this.#next ?? this.#current
  }

  #afterCatchUp(entry: Entry): void {
    this.#world.catchUp().then(
      () => {
        entry.caughtUp = true
        this.#world.submit(entry)
      },
      (error: unknown) => entry.fail(error),
    )
  }

  #batchOf(revision: number): Batch | null {
    if (this.#current?.holds(revision)) return this.#current
    return this.#next?.holds(revision) ? this.#next : null
  }

  #send(): void {
    const batch = this.#next
    if (batch === null) return
    this.#next = null
    this.#current = batch
    this.#append(batch).catch((error: unknown) => this.#failed(batch, error))
  }

  async #append(batch: Batch): Promise<void> {
    for (let pause = FIRST_RETRY; this.#current === batch; pause = Math.min(pause * 2, LAST_RETRY)) {
      try {
        await this.#world.store.append(this.stream, batch.first - 1, batch.encoded)
        if (this.#current === batch && this.#state === 'in-doubt') this.#doubt(batch, false)
        return
      } catch (error) {
        if (!(error instanceof OutcomeUnknown) || this.#current !== batch) throw error
        this.#doubt(batch, true)
        await this.#world.wait(pause)
      }
    }
  }

  /** In doubt: nothing is decided here until the identical append got a definite answer. */
  #doubt(batch: Batch, inDoubt: boolean): void {
    this.#state = inDoubt ? 'in-doubt' : 'open'
    const all = [...batch.pending, ...(this.#next?.pending ?? [])].map(({ entry }) => entry)
    for (const entry of [...all, ...this.#waiting]) entry.inDoubt = inDoubt
  }

  #settle(batch: Batch): void {
    if (this.#state === 'in-doubt') this.#doubt(batch, false)
    this.#current = null
    for (const pending of batch.pending) this.#finish(batch, pending)
    if (this.#next !== null || this.#waiting.length > 0) {
      this.#rebuild()
      this.#send()
      this.#drain()
    }
    this.#rest()
  }

  #finish(batch: Batch, pending: Pending): void {
    const { entry } = pending
    if (entry.answered) return
    if (pending.kind === 'answer') {
      entry.answer(pending.outcome)
    } else if (pending.kind === 'again') {
      this.#wait([entry])
    } else {
      const { kind, revision, leaf } = pending
      const landed = batch.landed(revision)
      if (landed === undefined) repeatStored(this.#world, entry, { stream: this.stream, revision, leaf })
      else entry.answer({ kind: 'done', ...landed, replayed: kind === 'repeat' })
    }
  }

  /** Those who are decided again go before those who came after them. */
  #wait(entries: readonly Entry[]): void {
    this.#waiting = [...entries, ...this.#waiting].sort((a, b) => a.serial - b.serial)
  }

  /** What is in flight, folded anew over what is committed: leaf numbers are known now. */
  #rebuild(): void {
    this.#overlay = null
    for (const event of this.#next?.events ?? []) this.#ahead.fold(event)
  }

  #drain(): void {
    while (this.#state === 'open' && this.#next?.full !== true) {
      const entry = this.#waiting.shift()
      if (entry === undefined) return
      this.#decide(entry)
    }
  }

  #rest(): void {
    if (this.idle) this.#overlay = null
  }

  #failed(batch: Batch, error: unknown): void {
    if (this.#current !== batch) return
    const again = [...batch.pending, ...(this.#next?.pending ?? [])].filter(({ entry }) => !entry.answered)
    this.#current = null
    this.#next = null
    this.#state = 'recovering'
    for (const { entry, kind } of batch.pending) {
      const failure = kind === 'done' && !entry.answered ? failureOf(error, entry) : null
      if (failure !== null) entry.fail(failure)
    }
    if (!(error instanceof WrongExpectedRevision)) this.#recover(again)
    else
      this.#world.catchUp().then(
        () => this.#recover(again),
        (failure: unknown) => this.#giveUp(again, failure),
      )
  }

  /** Everyone whose ground is gone, in order of arrival, before those who wait. */
  #recover(again: readonly Pending[]): void {
    this.#state = 'open'
    this.#rebuild()
    this.#wait(again.map(({ entry }) => entry).filter((entry) => !entry.answered))
    for (const entry of this.#waiting) {
      entry.inDoubt = false
      entry.gathered = false
    }
    this.#drain()
    this.#rest()
  }

  #giveUp(again: readonly Pending[], failure: unknown): void {
    for (const { entry } of again) if (!entry.answered) entry.fail(failure)
    this.#recover([])
  }
}
