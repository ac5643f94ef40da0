import { isDeepStrictEqual } from 'node:util'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { CommandName, Inputs, Outcome, Unavailable } from '../../src/commands/port.js'
import { actual, available, spendable } from '../../src/ledger/account.js'
import type { Decision } from '../../src/ledger/decision.js'
import { inAccount } from '../../src/ledger/facts.js'
import { fromEvent } from '../../src/ledger/money.js'
import { ownerOf } from '../../src/ledger/owner.js'
import { chartName, held, postings, wallet } from '../../src/ledger/postings.js'
import type { Actor } from '../../src/ledger/state.js'
import { accountStream, CATALOGUE } from '../../src/ledger/streams.js'
import type { EventStore, RecordedEvent } from '../../src/store/port.js'
import { Books, idOf } from './books.js'
import { deciders } from './decide.js'
import { decode } from './loop.js'
import { isLost } from './lost.js'

/** A command as it was asked and what came of it. */
export interface Asked<Name extends CommandName = CommandName> {
  readonly name: Name
  readonly input: Inputs[Name]
  readonly actor: Actor
  readonly key: string | undefined
  readonly body: string
  readonly outcome: Outcome | Unavailable
}

/** Type and data of an event belong together. */
const factOf = ({ id, type, data }: LedgerEvent) => ({ id, type, data }) as Fact & { readonly id: string }

/** What a person chose to pay. */
const voluntary: ReadonlySet<string> = new Set([
  'Traded',
  'TradeAuthorized',
  'Withdrawn',
  'Purchased',
  'SubscriptionRenewed',
])

const must = (holds: boolean, rule: string, found?: unknown): void => {
  const shown = JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  if (!holds) throw new Error(`broken: ${rule} ${shown ?? ''}`)
}

interface Kept {
  readonly body: string
  readonly event: LedgerEvent
}

/** What a purchase, in another stream, makes of an item of a cart. */
const OF_LATE: ReadonlySet<string> = new Set([
  'subscription_not_found',
  'subscription_unchanged',
  'subscription_locked',
  'promocode_used',
])

/** Commands that one key is for. */
const operationOf = (name: string): string => {
  if (name === 'authorize') return 'trade'
  if (name === 'buy') return 'start-checkout'
  return /^(approve|reject|withdraw)-refund$/.test(name) ? 'review-refund' : name
}

/** Holds what processes answer, and what lies in their log, against books that know no concurrency. */
export class Oracle {
  readonly books = new Books()
  /** By account of the chart. */
  readonly #totals = new Map<string, bigint>()
  readonly #store: EventStore
  readonly #keys = new Map<string, Kept>()
  #position: number | null = null
  answers = 0

  constructor(store: EventStore) {
    this.#store = store
  }

  /** Takes what lies in the log as given. */
  async begin(): Promise<void> {
    for (const recorded of await this.#store.readLog({ after: null, max: 10_000 })) this.#take(recorded)
  }

  /** What was asked at once, all answered. `exact`: nothing else was under way, so refusals are known too. */
  async check(asked: readonly Asked[], exact: boolean, now: string): Promise<void> {
    this.answers += asked.length
    const [only] = asked
    const expected = exact && only !== undefined ? this.#expect(only, now) : null
    const own = new Map<number, Asked>()
    for (const one of asked) {
      if (!('kind' in one.outcome) || one.outcome.kind !== 'done' || one.outcome.replayed) continue
      must(!own.has(one.outcome.event.leaf), 'one event is one command’s')
      own.set(one.outcome.event.leaf, one)
    }
    await this.#fold(own)
    for (const one of asked) this.#answered(one)
    if (expected !== null && only !== undefined) compare(only, expected)
    this.#mustBalance()
  }

  /** Takes the new events of the log: each is what its command decides at this very place. */
  async #fold(own: Map<number, Asked>): Promise<void> {
    const page = await this.#store.readLog({ after: this.#position, max: 10_000 })
    let before = this.books.log.length
    for (const recorded of page) {
      const event: LedgerEvent = { ...decode(recorded), leaf: this.books.log.length }
      const asked = own.get(event.leaf)
      if (asked !== undefined) {
        this.#mustDecide(asked, event)
        before = event.leaf + 1
      }
      this.#take(recorded)
      if (asked !== undefined) this.#mustStand(asked, event)
      if (asked?.key !== undefined) this.#keep(asked, asked.key, event)
    }
    must(before === this.books.log.length, 'every event belongs to a command that was told so', page.slice(-3))
  }

  #take(recorded: RecordedEvent): void {
    const event: LedgerEvent = { ...decode(recorded), leaf: this.books.log.length }
    must(!isLost(event, this.books), 'nothing is bought for what is being given back', event)
    const kept = this.books.append(factOf(event), event.metadata.recordedAt)
    must(kept.revision === event.revision && kept.stream === event.stream, 'streams are dense', event)
    for (const leg of postings(event)) {
      const account = chartName(leg)
      this.#totals.set(account, (this.#totals.get(account) ?? 0n) + leg.amount)
    }
    this.#mustBePayable(event)
    this.#position = recorded.position
  }

  #decide<Name extends CommandName>({ name, input, actor }: Asked<Name>, now: string, id: string): Decision {
    return deciders[name](this.books, input, { actor, now, id })
  }

  /** What is sold is taxed where the customer lived when the process last read of him: his stream is another one, and the event names the tax. */
  #mustDecide(asked: Asked, event: LedgerEvent): void {
    const decided = this.#decided(asked, event)
    // What a cart is to hold may be gone or bought by the time that this lies in the log, and is asked about again at the checkout.
    const code = decided !== undefined && 'refusal' in decided ? decided.refusal.code : ''
    if (OF_LATE.has(code) && asked.name.endsWith('-cart-item')) return
    const stale = 'lines' in event.data ? [null, 'SG'] : []
    const account = 'account' in event.data ? event.data.account : ''
    const others = stale.map((taxCountry) => {
      this.books.assumed = { kind: 'customer', account, erasures: 0, erasedAt: -1, taxCountry }
      return this.#decided(asked, event)
    })
    this.books.assumed = null
    const right = [decided, ...others].some((fact) => isDeepStrictEqual(fact, { type: event.type, data: event.data }))
    must(right, `${asked.name} is what the rules say`, [decided, event])
  }

  #decided(asked: Asked, event: LedgerEvent) {
    const decision = this.#decide(asked, event.metadata.recordedAt, createdBy(event))
    return decision.kind === 'facts' ? decision.facts.at(-1) : decision
  }

  #mustBalance(): void {
    const total = (account: string): bigint => this.#totals.get(account) ?? 0n
    must([...this.#totals.values()].reduce((sum, amount) => sum + amount, 0n) === 0n, 'the books balance')
    for (const name of this.books.own.keys()) {
      const account = this.books.account(name)
      if (account === undefined) continue
      must(total(chartName(wallet(name))) === -available(account), 'the postings are what is available', name)
      must(total(chartName(held(name))) === -account.own.held, 'the postings are what is held', name)
    }
  }

  #mustBePayable(event: LedgerEvent): void {
    if (!inAccount(event) || !voluntary.has(event.type)) return
    const account = this.books.account(ownerOf(event))
    const pays = 'amount' in event.data && fromEvent(event.data.amount) > 0n
    must(account !== undefined && (!pays || spendable(account) >= 0n), 'no voluntary debit beyond the spendable', event)
  }

  #mustStand({ outcome }: Asked, event: LedgerEvent): void {
    if (!('kind' in outcome) || outcome.kind !== 'done' || outcome.standing === null) return
    const account = inAccount(event) ? this.books.account(ownerOf(event)) : undefined
    must(account !== undefined, 'the account is open')
    if (account === undefined) return
    const { held, creditLimit, currency, frozen } = account.own
    const right = { actual: actual(account), held, creditLimit, currency, frozen }
    must(isDeepStrictEqual(outcome.standing, right), 'the standing is that at the event', [outcome.standing, right])
  }

  #keep(asked: Asked, key: string, event: LedgerEvent): void {
    const scope = `${asked.actor.subject} ${operationOf(asked.name)} ${event.stream} ${key}`
    must(!this.#keys.has(scope), 'one key is one effect', event)
    this.#keys.set(scope, { body: asked.body, event })
  }

  #answered({ outcome, actor, name, key, body }: Asked): void {
    if (!('kind' in outcome) || outcome.kind === 'refused') return
    const [operation, end] = [`${actor.subject} ${operationOf(name)} `, ` ${key}`]
    if (outcome.kind === 'key-reused') {
      const any = [...this.#keys].some(
        ([scope, kept]) => scope.startsWith(operation) && scope.endsWith(end) && kept.body !== body,
      )
      must(any, 'a key that is called reused was used', key)
      return
    }
    const { event, replayed } = outcome
    const there = this.books.log[event.leaf]
    must(there?.revision === event.revision && there.stream === event.stream, 'an answer lies in the log', event)
    must(isDeepStrictEqual(there?.data, event.data), 'an answer is what lies in the log', event)
    if (!replayed || key === undefined) return
    const kept = this.#keys.get(`${operation}${event.stream}${end}`)
    must(
      kept === undefined || kept.event.id !== event.id || kept.body === body,
      'a replay is of the same request',
      event,
    )
  }

  /** What a command alone must be answered. */
  #expect(asked: Asked, now: string): string {
    const id = idOf(0)
    const decision = this.#decide(asked, this.#later(asked, now), id)
    const stream = this.#guard(asked)
    if (stream === null) return unguarded(asked.name, decision)
    const kept = this.#keys.get(`${asked.actor.subject} ${operationOf(asked.name)} ${stream} ${asked.key}`)
    if (asked.key !== undefined && kept) return kept.body === asked.body ? `again ${kept.event.leaf}` : 'key-reused'
    if (decision.kind === 'refused') return decision.refusal.code
    if (decision.kind === 'repeat') return `again ${decision.leaf}`
    return decision.kind === 'facts' ? (decision.facts.at(-1)?.type ?? '') : decision.kind
  }

  #guard({ name, input }: Asked): string | null {
    if (name.endsWith('-cart-item')) return `cart-${'account' in input && input.account}`
    if ('promocode' in input) return `promocode-${input.promocode}`
    if ('instance' in input) return `instance-${input.instance}`
    if (name === 'change-customer' || name === 'erase-person') return `customer-${'account' in input && input.account}`
    if ('buyer' in input) return `account-${input.buyer}`
    if ('owner' in input) return `account-${input.owner}`
    if ('batch' in input) return `coupons-${input.batch}`
    if ('serial' in input) return `coupon-${input.serial}`
    if (name === 'refund-purchase' && 'order' in input) {
      const purchase = this.books.purchase(input.order)
      return purchase === undefined ? null : `account-${purchase.account}`
    }
    if ('order' in input) {
      const parties = this.books.order(input.order)?.facts
      const owner = name.includes('refund') ? parties?.seller : parties?.buyer
      return owner === undefined ? null : `account-${owner}`
    }
    return 'account' in input ? accountStream(input.account) : CATALOGUE
  }

  #later(asked: Asked, now: string): string {
    const last = this.books.recordedAt(this.#guard(asked) ?? '')
    return last > now ? last : now
  }
}

/** By which code is refused what no stream guards. */
const unguarded = (name: CommandName, decision: Decision): string => {
  if (name === 'refund-purchase') return 'purchase_not_found'
  const mistaken = decision.kind === 'refused' && decision.refusal.code === 'order_not_refundable'
  return mistaken ? 'order_not_refundable' : 'order_not_found'
}

const compare = ({ name, outcome }: Asked, expected: string): void => {
  const found = !('kind' in outcome)
    ? outcome.code
    : outcome.kind === 'done'
      ? outcome.replayed
        ? `again ${outcome.event.leaf}`
        : outcome.event.type
      : outcome.kind === 'refused'
        ? outcome.refusal.code
        : outcome.kind
  const excused = found === 'disk_full' || found === 'conflicts'
  must(found === expected || excused, `${name} alone: ${expected} was expected, not`, found)
}

/** The id that a command gave to what its event created. */
const createdBy = ({ type, data }: LedgerEvent): string => {
  if (type === 'RefundRequested' || type === 'PurchaseRefunded' || type === 'CardRefundRequested') return data.refund
  if (type === 'CheckoutStarted') return data.checkout
  if (type === 'CartItemAdded') return data.item
  if (type === 'SubscriptionOpened') return data.subscription
  if ('transfer' in data) return data.transfer
  if ('order' in data) return data.order
  return 'grant' in data ? data.grant : idOf(0)
}
