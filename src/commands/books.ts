import type { LedgerEvent } from '../../events/envelope.js'
import { credit, evolveOwn } from '../ledger/account.js'
import { evolvePayment, evolveRefunds, openOrder } from '../ledger/order.js'
import { evolveRecharge } from '../ledger/recharge.js'
import { evolveRefund } from '../ledger/refund.js'
import type { Account, Order, OwnAccount, Recharge, Refund } from '../ledger/state.js'
import { Cache } from './cache.js'
import { idHash, scopeHash, scopeText } from './identity.js'
import { KeyIndex, type KeyPlace } from './key-index.js'

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

/** What is on disk: the write model's file. Rows may be ahead of its checkpoint; each says how far it is. */
export interface BookFile {
  account(name: string): AccountBook | undefined
  order(leaf: number): Dated<Order> | undefined
  refund(leaf: number): Dated<Refund> | undefined
  recharge(leaf: number): Dated<Recharge> | undefined
  keys(hash: bigint): readonly KeyPlace[]
}

const ACCOUNT = 'account-'

export const accountStream = (name: string): string => `${ACCOUNT}${name}`

const NOTHING: AccountBook = { own: undefined, incoming: 0n, incomingLeaf: -1 }

/**
 * The write side's own model: accounts, orders, refunds, recharges and the places of keys, in memory over a local file.
 * Committed events only. Each state takes each event once: an account's own part by revision, everything else by leaf number.
 */
export class Books {
  readonly accounts: Cache<string, AccountBook>
  readonly orders: Cache<number, Dated<Order>>
  readonly refunds: Cache<number, Dated<Refund>>
  readonly recharges: Cache<number, Dated<Recharge>>
  readonly keys: KeyIndex

  constructor(file: BookFile, capacity: { readonly accounts: number; readonly others: number }) {
    this.accounts = new Cache(capacity.accounts, (name) => file.account(name))
    this.orders = new Cache(capacity.others, (leaf) => file.order(leaf))
    this.refunds = new Cache(capacity.others, (leaf) => file.refund(leaf))
    this.recharges = new Cache(capacity.others, (leaf) => file.recharge(leaf))
    this.keys = new KeyIndex((hash) => file.keys(hash))
  }

  own(name: string): OwnAccount | undefined {
    return this.accounts.get(name)?.own
  }

  account(name: string): Account | undefined {
    const book = this.accounts.get(name)
    return book?.own && { own: book.own, incoming: book.incoming }
  }

  /** By our id (a UUID) or by the number of the event that opened it. */
  order(reference: string): Order | undefined {
    return this.#find(reference, (leaf) => this.orders.get(leaf)?.state, (order) => order.facts.id)
  }

  refund(reference: string): Refund | undefined {
    return this.#find(reference, (leaf) => this.refunds.get(leaf)?.state, (refund) => refund.id)
  }

  recharge(reference: string): Recharge | undefined {
    return this.#find(reference, (leaf) => this.recharges.get(leaf)?.state, (recharge) => recharge.id)
  }

  #find<State>(reference: string, at: (leaf: number) => State | undefined, id: (state: State) => string): State | undefined {
    if (reference.length <= 16) return at(Number(reference))
    for (const place of this.keys.places(idHash(reference))) {
      const state = at(place.leaf)
      if (state !== undefined && id(state) === reference) return state
    }
    return undefined
  }

  apply(event: LedgerEvent): void {
    this.#applyOwn(event)
    const credited = credit(event)
    if (credited !== null) this.#applyCredit(credited.account, credited.amount, event.leaf)
    this.#applyDocuments(event)
    const { key, actor } = event.metadata
    if (key !== undefined) {
      this.keys.add(scopeHash(scopeText({ actor, stream: event.stream, key })), event.revision, event.leaf)
    }
  }

  #applyOwn(event: LedgerEvent): void {
    if (!event.stream.startsWith(ACCOUNT)) return
    const name = event.stream.slice(ACCOUNT.length)
    const book = this.accounts.get(name) ?? NOTHING
    if (book.own !== undefined && event.revision <= book.own.revision) return
    const own = evolveOwn(book.own, event, event.leaf)
    this.accounts.put(name, { own, incoming: book.incoming, incomingLeaf: book.incomingLeaf }, event.leaf)
  }

  #applyCredit(name: string, amount: bigint, leaf: number): void {
    const book = this.accounts.get(name) ?? NOTHING
    if (leaf <= book.incomingLeaf) return
    this.accounts.put(name, { own: book.own, incoming: book.incoming + amount, incomingLeaf: leaf }, leaf)
  }

  #applyDocuments(event: LedgerEvent): void {
    const { leaf } = event
    switch (event.type) {
      case 'Traded':
      case 'TradeAuthorized':
        this.#open(this.orders, event.data.order, event, openOrder(event, leaf))
        break
      case 'TradeCaptured':
      case 'TradeVoided':
      case 'HoldExpired':
        this.#change(this.orders, event.data.orderLeaf, leaf, (order) => ({
          ...order,
          payment: evolvePayment(order.payment, event, leaf),
        }))
        break
      case 'RefundRequested':
        this.#open(this.refunds, event.data.refund, event, evolveRefund(undefined, event, leaf))
        this.#changeRefunds(event.data.orderLeaf, event)
        break
      case 'RefundApproved':
      case 'RefundRejected':
      case 'RefundWithdrawn':
        this.#change(this.refunds, event.data.refundLeaf, leaf, (refund) => evolveRefund(refund, event, leaf))
        this.#changeRefunds(event.data.orderLeaf, event)
        break
      case 'Recharged':
        this.#open(this.recharges, event.data.transfer, event, evolveRecharge(undefined, event, leaf))
        break
      case 'RechargeReversed':
        this.#change(this.recharges, event.data.rechargeLeaf, leaf, (recharge) => evolveRecharge(recharge, event, leaf))
        break
      case 'AccountOpened':
      case 'Withdrawn':
      case 'CreditLimitChanged':
      case 'AccountFrozen':
      case 'AccountUnfrozen':
      case 'Adjusted':
        break
      default: {
        const _: never = event
      }
    }
  }

  #changeRefunds(orderLeaf: number, event: LedgerEvent): void {
    this.#change(this.orders, orderLeaf, event.leaf, (order) => ({
      ...order,
      refunds: evolveRefunds(order.refunds, event),
    }))
  }

  #open<State>(cache: Cache<number, Dated<State>>, id: string, event: LedgerEvent, state: State): void {
    this.keys.add(idHash(id), event.revision, event.leaf)
    cache.put(event.leaf, { at: event.leaf, state }, event.leaf)
  }

  #change<State>(cache: Cache<number, Dated<State>>, key: number, leaf: number, evolve: (state: State) => State): void {
    const dated = cache.get(key)
    if (dated === undefined || leaf <= dated.at) return
    cache.put(key, { at: leaf, state: evolve(dated.state) }, leaf)
  }

  /** The file holds everything up to this leaf number: what is not newer may leave memory. */
  flushed(leaf: number): void {
    for (const cache of [this.accounts, this.orders, this.refunds, this.recharges]) cache.flushed(leaf)
    this.keys.flushed(leaf)
  }
}
