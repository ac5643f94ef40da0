import type { StreamEvent } from '../../events/envelope.js'
import { evolveOwn } from '../ledger/account.js'
import { evolvePayment, evolveRefunds } from '../ledger/order.js'
import { evolveRecharge } from '../ledger/recharge.js'
import { evolveRefund } from '../ledger/refund.js'
import type { Account, Order, OwnAccount, Recharge, Refund } from '../ledger/state.js'
import type { Books } from './books.js'
import type { Reads } from './define.js'

const IN_FLIGHT = -1

/**
 * The guarded stream of one account as it will be when what is in flight is committed, over the committed books.
 * Orders and recharges are found only once they are committed: until then nobody outside knows their ids.
 */
export class Overlay implements Reads {
  readonly #books: Books
  readonly #name: string
  #own: OwnAccount | undefined
  readonly #orders = new Map<number, Order>()
  readonly #refunds = new Map<string, Refund>()
  readonly #recharges = new Map<number, Recharge>()

  constructor(books: Books, name: string) {
    this.#books = books
    this.#name = name
    this.#own = books.own(name)
  }

  /** Of the last event, in flight or committed; -1 before the first. */
  get revision(): number {
    return this.#own?.revision ?? -1
  }

  get recordedAt(): string {
    return this.#own?.recordedAt ?? ''
  }

  account(name: string): Account | undefined {
    const committed = this.#books.accounts.get(name)
    if (name !== this.#name) return committed?.own && { own: committed.own, incoming: committed.incoming }
    return this.#own && { own: this.#own, incoming: committed?.incoming ?? 0n }
  }

  order(reference: string): Order | undefined {
    const committed = this.#books.order(reference)
    const ahead = committed && this.#orders.get(committed.facts.leaf)
    if (committed === undefined || ahead === undefined) return committed
    const { buyer, seller } = committed.facts
    return {
      facts: committed.facts,
      payment: buyer === this.#name ? ahead.payment : committed.payment,
      refunds: seller === this.#name ? ahead.refunds : committed.refunds,
    }
  }

  refund(reference: string): Refund | undefined {
    const committed = this.#refunds.get(reference) ?? this.#books.refund(reference)
    return committed && (this.#refunds.get(committed.id) ?? committed)
  }

  recharge(reference: string): Recharge | undefined {
    const committed = this.#books.recharge(reference)
    return committed && (this.#recharges.get(committed.leaf) ?? committed)
  }

  /** One more event in flight. */
  fold(event: StreamEvent): void {
    this.#own = evolveOwn(this.#own, event, IN_FLIGHT)
    switch (event.type) {
      case 'TradeCaptured':
      case 'TradeVoided':
      case 'HoldExpired':
        this.#foldOrder(event.data.orderLeaf, (order) => ({
          ...order,
          payment: evolvePayment(order.payment, event, IN_FLIGHT),
        }))
        break
      case 'RefundRequested':
      case 'RefundApproved':
      case 'RefundRejected':
      case 'RefundWithdrawn':
        this.#refunds.set(event.data.refund, evolveRefund(this.refund(event.data.refund), event, IN_FLIGHT))
        this.#foldOrder(event.data.orderLeaf, (order) => ({ ...order, refunds: evolveRefunds(order.refunds, event) }))
        break
      case 'RechargeReversed': {
        const recharge = this.recharge(String(event.data.rechargeLeaf))
        if (recharge !== undefined) this.#recharges.set(recharge.leaf, evolveRecharge(recharge, event, IN_FLIGHT))
        break
      }
      case 'AccountOpened':
      case 'Recharged':
      case 'Withdrawn':
      case 'Traded':
      case 'TradeAuthorized':
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

  #foldOrder(leaf: number, evolve: (order: Order) => Order): void {
    const order = this.#orders.get(leaf) ?? this.#books.orders.get(leaf)?.state
    if (order !== undefined) this.#orders.set(leaf, evolve(order))
  }
}
