import type { LedgerEvent } from '../../events/envelope.js'
import { credit, evolveOwn } from '../ledger/account.js'
import { changes } from '../ledger/changes.js'
import { type Document, type DocumentKind, type DocumentOf, isOf, keyOf } from '../ledger/document.js'
import { inAccount } from '../ledger/facts.js'
import { evolveOrder } from '../ledger/order.js'
import { evolveRecharge } from '../ledger/recharge.js'
import { evolveRefund } from '../ledger/refund.js'
import type { Order, OwnAccount, Recharge, Refund } from '../ledger/state.js'
import { accountOf } from '../ledger/streams.js'
import { touches } from '../ledger/touches.js'
import { Cache } from './cache.js'
import { idHash, scopeHash, scopeText } from './identity.js'
import { type KeyFile, KeyIndex } from './key-index.js'
import { OpenedOrders } from './opened-orders.js'

export interface AccountBook {
  readonly own: OwnAccount | undefined
  /** Credits from other accounts' streams, up to the leaf below. */
  readonly incoming: bigint
  readonly incomingLeaf: number
}

/** A state and the leaf number of the last event folded into it. */
export interface Dated<State> {
  readonly at: number
  readonly state: State
}

/** Where a stream that is no account's ends. */
export interface Head {
  readonly revision: number
  readonly recordedAt: string
}

/** What is on disk: the write model's file. Rows may be ahead of its checkpoint; each says how far it is. */
export interface BookFile extends KeyFile {
  account(name: string): AccountBook | undefined
  order(leaf: number): Dated<Order> | undefined
  refund(leaf: number): Dated<Refund> | undefined
  recharge(leaf: number): Dated<Recharge> | undefined
  document(key: string): Dated<Document> | undefined
  head(stream: string): Head | undefined
  /** Nothing that was read of it before rests on an event later than this leaf number. */
  newest(): number
}

/** Whatever is found by the id that its opening event gave it. */
type Identified = { readonly id: string } | Order

const idOf = (state: Identified): string => ('facts' in state ? state.facts.id : state.id)

const NUMBER = /^[0-9]{1,15}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Hashes of keys read at a time, in about a millisecond. */
const LEARNT = 4_000
/** Hashes per event, at most: of its key, and of the id it gives. */
const HASHES = 2

const NOTHING: AccountBook = { own: undefined, incoming: 0n, incomingLeaf: -1 }

/**
 * The write side's own model: accounts, orders, refunds, recharges, small documents and the places of keys, in memory over a local file.
 * Committed events only. Each state takes each event once: an account's own part by revision, everything else by leaf number.
 */
export class Books {
  readonly accounts: Cache<string, AccountBook>
  readonly opened = new OpenedOrders()
  /** Those that were asked for, that changed since they were opened, and all that were opened otherwise than by a trade. */
  readonly orders: Cache<number, Dated<Order>>
  readonly refunds: Cache<number, Dated<Refund>>
  readonly recharges: Cache<number, Dated<Recharge>>
  readonly documents: Cache<string, Dated<Document>>
  readonly heads: Cache<string, Head>
  readonly keys: KeyIndex
  /**
   * Another thread writes the file and may have come further than the events applied here. What was read of it may rest on all up to this
   * leaf number, while what was in memory does not: nothing is decided on such a mixture.
   */
  newest = -1

  constructor(file: BookFile, capacity: { readonly accounts: number; readonly others: number }) {
    const noting =
      <Key, Value>(load: (key: Key) => Value | undefined) =>
      (key: Key): Value | undefined => {
        const found = load(key)
        if (found !== undefined) this.newest = Math.max(this.newest, file.newest())
        return found
      }
    this.accounts = new Cache(
      capacity.accounts,
      noting((name) => file.account(name)),
    )
    const others = <Key, Value>(load: (key: Key) => Value | undefined) => new Cache(capacity.others, noting(load))
    const order = noting((leaf: number) => file.order(leaf))
    this.orders = new Cache(capacity.others, (leaf) => {
      const state = this.opened.get(leaf)
      return state === undefined ? order(leaf) : { at: leaf, state }
    })
    this.refunds = others((leaf) => file.refund(leaf))
    this.recharges = others((leaf) => file.recharge(leaf))
    this.documents = others((key) => file.document(key))
    this.heads = others((stream) => file.head(stream))
    this.keys = new KeyIndex(file)
  }

  /** A step of learning which keys the file holds, of a log of so many events; `false`: it was the last one. */
  learn(events: number): boolean {
    return this.keys.learn(LEARNT, events * HASHES)
  }

  own(name: string): OwnAccount | undefined {
    return this.accounts.get(name)?.own
  }

  /** By our id (a UUID) or by the number of the event that opened it. */
  order(reference: string): Order | undefined {
    return this.#find(reference, this.orders)
  }

  refund(reference: string): Refund | undefined {
    return this.#find(reference, this.refunds)
  }

  recharge(reference: string): Recharge | undefined {
    return this.#find(reference, this.recharges)
  }

  document<Kind extends DocumentKind>(kind: Kind, id: string): DocumentOf<Kind> | undefined {
    const found = this.documents.get(keyOf(kind, id))?.state
    return found && isOf(kind, found) ? found : undefined
  }

  /** A purchase or a renewal, by our id or by the number of its event. */
  purchase(reference: string): DocumentOf<'purchase'> | undefined {
    return this.#begun(reference, (leaf) => this.document('purchase', leaf))
  }

  /** By our id or by the number of the event that started it. */
  checkout(reference: string): DocumentOf<'checkout'> | undefined {
    return this.#begun(reference, (leaf) => this.document('checkout', leaf))
  }

  #begun<Found extends { readonly id: string }>(
    reference: string,
    by: (leaf: string) => Found | undefined,
  ): Found | undefined {
    if (NUMBER.test(reference)) return by(reference)
    if (!UUID.test(reference)) return undefined
    for (const { leaf } of this.keys.places(idHash(reference))) {
      const found = by(String(leaf))
      if (found?.id === reference) return found
    }
    return undefined
  }

  #find<State extends Identified>(reference: string, cache: Cache<number, Dated<State>>): State | undefined {
    if (NUMBER.test(reference)) return cache.get(Number(reference))?.state
    if (!UUID.test(reference)) return undefined
    for (const place of this.keys.places(idHash(reference))) {
      const state = cache.get(place.leaf)?.state
      if (state !== undefined && idOf(state) === reference) return state
    }
    return undefined
  }

  /** `known`: the hash of its key's scope, where somebody has it already. */
  apply(event: LedgerEvent, known?: bigint): void {
    this.#applyOwn(event)
    const credited = credit(event)
    if (credited !== null) this.#applyCredit(credited.account, credited.amount, event.leaf)
    this.#applyDocuments(event)
    const { key, actor } = event.metadata
    if (key !== undefined) {
      const hash = known ?? scopeHash(scopeText({ actor, stream: event.stream, key }))
      this.keys.add(hash, event.revision, event.leaf)
    }
  }

  #applyOwn(event: LedgerEvent): void {
    const name = accountOf(event.stream)
    if (name === null || !inAccount(event)) {
      this.#applyHead(event)
      return
    }
    const book = this.accounts.get(name) ?? NOTHING
    if (book.own !== undefined && event.revision <= book.own.revision) return
    const own = evolveOwn(book.own, event, event.leaf)
    this.accounts.put(name, { own, incoming: book.incoming, incomingLeaf: book.incomingLeaf }, event.leaf)
  }

  #applyHead({ stream, revision, metadata, leaf }: LedgerEvent): void {
    const before = this.heads.get(stream)?.revision ?? -1
    if (revision > before) this.heads.put(stream, { revision, recordedAt: metadata.recordedAt }, leaf)
  }

  #applyCredit(name: string, amount: bigint, leaf: number): void {
    const book = this.accounts.get(name) ?? NOTHING
    if (leaf <= book.incomingLeaf) return
    this.accounts.put(name, { own: book.own, incoming: book.incoming + amount, incomingLeaf: leaf }, leaf)
  }

  #applyDocuments(event: LedgerEvent): void {
    for (const { key, opens, apply } of changes(event, event.leaf)) {
      // Also of a document that the file is ahead with: its key may not be there yet.
      if (opens !== null) this.keys.add(idHash(opens), event.revision, event.leaf)
      const before = this.documents.get(key)
      if (before !== undefined && event.leaf <= before.at) continue
      const state = apply(before?.state)
      if (state === undefined) continue
      this.documents.put(key, { at: event.leaf, state }, event.leaf)
    }
    if (event.type === 'Traded') {
      this.keys.add(idHash(event.data.order), event.revision, event.leaf)
      this.opened.add(event)
      return
    }
    if (!inAccount(event)) return
    const touched = touches(event, event.leaf)
    this.#change(this.orders, touched.order, event, evolveOrder)
    this.#change(this.refunds, touched.refund, event, evolveRefund)
    this.#change(this.recharges, touched.recharge, event, evolveRecharge)
  }

  #change<State extends Identified>(
    cache: Cache<number, Dated<State>>,
    opened: number | null,
    event: LedgerEvent,
    evolve: (state: State | undefined, event: LedgerEvent, leaf: number) => State | undefined,
  ): void {
    if (opened === null) return
    const dated = opened === event.leaf ? undefined : cache.get(opened)
    if (dated !== undefined && event.leaf <= dated.at) {
      // It was read of a file that is ahead. It stays until a flush holds it: as it was opened, it would lack this event.
      cache.put(opened, dated, event.leaf)
      return
    }
    const state = evolve(dated?.state, event, event.leaf)
    if (state === undefined) return
    if (opened === event.leaf) this.keys.add(idHash(idOf(state)), event.revision, event.leaf)
    cache.put(opened, { at: event.leaf, state }, event.leaf)
  }

  /** The file holds everything up to this leaf number: what is not newer may leave memory. */
  flushed(leaf: number): void {
    for (const part of this.#parts()) part.flushed(leaf)
  }

  #parts() {
    const { accounts, opened, orders, refunds, recharges, documents, heads, keys } = this
    return [accounts, opened, orders, refunds, recharges, documents, heads, keys]
  }
}
