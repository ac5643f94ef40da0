import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { credit, evolveOwn, IN_FLIGHT } from '../../src/ledger/account.js'
import type { CartItem } from '../../src/ledger/cart.js'
import { changes } from '../../src/ledger/changes.js'
import { type Document, type DocumentKind, type DocumentOf, isOf, keyOf } from '../../src/ledger/document.js'
import { inAccount } from '../../src/ledger/facts.js'
import { evolvePayment, evolveRefunds, noRefunds, orderFacts } from '../../src/ledger/order.js'
import { evolveRecharge } from '../../src/ledger/recharge.js'
import { evolveRefund } from '../../src/ledger/refund.js'
import type {
  Account,
  Order,
  OrderFacts,
  OrderPayment,
  OrderRefunds,
  OwnAccount,
  Recharge,
  Refund,
  Subscription,
} from '../../src/ledger/state.js'
import { streamOf } from '../../src/ledger/streams.js'
import { touches } from '../../src/ledger/touches.js'

const digits = (n: number, length: number) => n.toString(16).padStart(length, '0')

/** A UUID that says its number. */
export const idOf = (n: number): string => `00000000-0000-8000-8000-${digits(n, 12)}`

/** Of the event at a leaf; its first digits say it already. */
export const eventIdOf = (leaf: number): string => `${digits(leaf, 8)}-0000-8000-8000-000000000000`

/** All states in memory: the fold of a log, and nothing else. The oracle of the rules, without store, clock or wire. */
export class Books {
  readonly log: LedgerEvent[] = []
  readonly own = new Map<string, OwnAccount>()
  readonly incoming = new Map<string, bigint>()
  readonly #facts = new Map<number, OrderFacts>()
  readonly #payments = new Map<number, OrderPayment>()
  readonly #refundsOf = new Map<number, OrderRefunds>()
  readonly #refunds = new Map<number, Refund>()
  readonly #recharges = new Map<number, Recharge>()
  readonly #documents = new Map<string, Document>()
  /** How a process that has not read on yet sees a customer; `null`: as he is. */
  assumed: DocumentOf<'customer'> | null = null
  /** The last event of each stream. */
  readonly #last = new Map<string, LedgerEvent>()

  /** Appends one fact to its stream. `inFlight`: its leaf number is not known to the states. */
  append(fact: Fact & { readonly id?: string }, recordedAt: string, inFlight = false): LedgerEvent {
    const stream = streamOf(fact)
    const leaf = this.log.length
    const event: LedgerEvent = {
      ...fact,
      id: fact.id ?? eventIdOf(leaf),
      stream,
      revision: (this.#last.get(stream)?.revision ?? -1) + 1,
      metadata: { recordedAt, actor: 'books', correlationId: 'books', causationId: idOf(leaf) },
      leaf,
    }
    this.log.push(event)
    this.#last.set(stream, event)
    this.#fold(event, inFlight ? IN_FLIGHT : leaf)
    return event
  }

  #fold(event: LedgerEvent, leaf: number): void {
    for (const { key, apply } of changes(event, leaf)) keep(this.#documents, key, apply(this.#documents.get(key)))
    const credited = credit(event)
    if (credited) this.incoming.set(credited.account, (this.incoming.get(credited.account) ?? 0n) + credited.amount)
    if (!inAccount(event)) return
    const { owner, order, refund, recharge } = touches(event, leaf)
    this.own.set(owner, evolveOwn(this.own.get(owner), event, leaf))
    if (order !== null) {
      keep(this.#facts, order, this.#facts.get(order) ?? orderFacts(event, leaf))
      keep(this.#payments, order, evolvePayment(this.#payments.get(order), event, leaf))
      keep(this.#refundsOf, order, evolveRefunds(this.#refundsOf.get(order), event))
    }
    if (refund !== null) keep(this.#refunds, refund, evolveRefund(this.#refunds.get(refund), event, leaf))
    if (recharge !== null) keep(this.#recharges, recharge, evolveRecharge(this.#recharges.get(recharge), event, leaf))
  }

  /** Of the last event of a stream; '': it has none. */
  recordedAt(stream: string): string {
    return this.#last.get(stream)?.metadata.recordedAt ?? ''
  }

  account(name: string): Account | undefined {
    const own = this.own.get(name)
    return own && { own, incoming: this.incoming.get(name) ?? 0n }
  }

  /** By our id, or by the number of the event that opened it. */
  order(reference: string): Order | undefined {
    const facts = named(this.#facts.values(), reference)
    const payment = facts && this.#payments.get(facts.leaf)
    return facts && payment && { facts, payment, refunds: this.#refundsOf.get(facts.leaf) ?? noRefunds }
  }

  /** Of all orders, oldest first. */
  orders(): readonly Order[] {
    return [...this.#facts.keys()].flatMap((leaf) => this.order(String(leaf)) ?? [])
  }

  recharges(): readonly Recharge[] {
    return [...this.#recharges.values()]
  }

  refund(id: string): Refund | undefined {
    return named(this.#refunds.values(), id)
  }

  document<Kind extends DocumentKind>(kind: Kind, id: string): DocumentOf<Kind> | undefined {
    const found = kind === 'customer' && this.assumed ? this.assumed : this.#documents.get(keyOf(kind, id))
    return found && isOf(kind, found) ? found : undefined
  }

  purchase(reference: string): DocumentOf<'purchase'> | undefined {
    return named(this.purchases(), reference)
  }

  purchases(): readonly DocumentOf<'purchase'>[] {
    return [...this.#documents.values()].filter((one) => isOf('purchase', one))
  }

  /** Of all accounts. */
  subscriptions(): readonly (Subscription & { readonly account: string })[] {
    return [...this.own.values()].flatMap(({ name, subscriptions }) =>
      subscriptions.map((one) => ({ ...one, account: name })),
    )
  }

  checkouts(): readonly DocumentOf<'checkout'>[] {
    return [...this.#documents.values()].filter((one) => isOf('checkout', one))
  }

  devices() {
    return this.subscriptions().filter(({ device }) => device !== null)
  }

  /** Of all batches, in order of their issue. */
  coupons(): readonly DocumentOf<'coupon'>[] {
    return [...this.#documents.values()].filter((one) => isOf('coupon', one))
  }

  /** Of the carts of all accounts. */
  cartItems(): readonly (CartItem & { readonly account: string })[] {
    return [...this.own.keys()].flatMap((account) =>
      (this.document('cart', account)?.items ?? []).map((item) => ({ ...item, account })),
    )
  }

  recharge(reference: string): Recharge | undefined {
    return named(this.#recharges.values(), reference)
  }
}

const keep = <Key, State>(states: Map<Key, State>, key: Key, state: State | undefined): void => {
  if (state !== undefined) states.set(key, state)
}

const named = <State extends { readonly id: string; readonly leaf: number }>(
  states: Iterable<State>,
  reference: string,
): State | undefined => [...states].find(({ id, leaf }) => id === reference || String(leaf) === reference)
