import type { StreamEvent } from '../../events/envelope.js'
import { evolveOwn, IN_FLIGHT } from '../ledger/account.js'
import { changes } from '../ledger/changes.js'
import { type Document, type DocumentKind, type DocumentOf, isOf, keyOf } from '../ledger/document.js'
import { type AccountFact, inAccount } from '../ledger/facts.js'
import { evolveOrder } from '../ledger/order.js'
import { evolveRecharge } from '../ledger/recharge.js'
import { evolveRefund } from '../ledger/refund.js'
import type { Account, Order, OwnAccount, Recharge, Refund } from '../ledger/state.js'
import { accountOf } from '../ledger/streams.js'
import { touches } from '../ledger/touches.js'
import type { Books, Head } from './books.js'
import type { Reads } from './define.js'

/**
 * One guarded stream as it will be when what is in flight is committed, over the committed books.
 * Orders and recharges are found only once they are committed: until then nobody outside knows their ids.
 */
export class Overlay implements Reads {
  readonly #books: Books
  /** The account of the stream; `null`: it is none's. */
  readonly #name: string | null
  #own: OwnAccount | undefined
  /** In flight, and not in `#own` yet: mostly nobody asks for that before they are committed. */
  #unfolded: AccountFact<StreamEvent>[] = []
  #head: Head | undefined
  /** Made when needed: most streams are busy with plain trades alone. */
  #orders: Map<number, Order> | null = null
  #refunds: Map<string, Refund> | null = null
  #recharges: Map<number, Recharge> | null = null
  #documents: Map<string, Document> | null = null

  constructor(books: Books, stream: string) {
    this.#books = books
    this.#name = accountOf(stream)
    this.#own = this.#name === null ? undefined : books.own(this.#name)
    this.#head = this.#name === null ? books.heads.get(stream) : this.#own
  }

  /** Of the last event, in flight or committed; -1 before the first. */
  get revision(): number {
    return this.#head?.revision ?? -1
  }

  get recordedAt(): string {
    return this.#head?.recordedAt ?? ''
  }

  account(name: string): Account | undefined {
    const committed = this.#books.accounts.get(name)
    if (name !== this.#name) return committed?.own && { own: committed.own, incoming: committed.incoming }
    for (const event of this.#unfolded) this.#own = evolveOwn(this.#own, event, IN_FLIGHT)
    this.#unfolded.length = 0
    return this.#own && { own: this.#own, incoming: committed?.incoming ?? 0n }
  }

  order(reference: string): Order | undefined {
    const committed = this.#books.order(reference)
    const ahead = committed && this.#orders?.get(committed.facts.leaf)
    if (committed === undefined || ahead === undefined) return committed
    const { buyer, seller } = committed.facts
    return {
      facts: committed.facts,
      payment: buyer === this.#name ? ahead.payment : committed.payment,
      refunds: seller === this.#name ? ahead.refunds : committed.refunds,
    }
  }

  refund(reference: string): Refund | undefined {
    const committed = this.#refunds?.get(reference) ?? this.#books.refund(reference)
    return committed && (this.#refunds?.get(committed.id) ?? committed)
  }

  recharge(reference: string): Recharge | undefined {
    const committed = this.#books.recharge(reference)
    return committed && (this.#recharges?.get(committed.leaf) ?? committed)
  }

  document<Kind extends DocumentKind>(kind: Kind, id: string): DocumentOf<Kind> | undefined {
    const ahead = this.#documents?.get(keyOf(kind, id))
    return ahead && isOf(kind, ahead) ? ahead : this.#books.document(kind, id)
  }

  purchase(reference: string): DocumentOf<'purchase'> | undefined {
    const committed = this.#books.purchase(reference)
    return committed && this.document('purchase', String(committed.leaf))
  }

  /** One more event in flight. */
  fold(event: StreamEvent): void {
    for (const { key, opens, apply } of changes(event, IN_FLIGHT)) {
      const state =
        opens === null ? apply(this.#documents?.get(key) ?? this.#books.documents.get(key)?.state) : undefined
      if (state !== undefined) this.#documents = (this.#documents ?? new Map()).set(key, state)
    }
    this.#head = { revision: event.revision, recordedAt: event.metadata.recordedAt }
    if (!inAccount(event)) return
    this.#unfolded.push(event)
    // It opens an order, which nobody finds before it is committed.
    if (event.type === 'Traded') return
    const touched = touches(event, IN_FLIGHT)
    if (touched.order !== null && touched.order !== IN_FLIGHT) {
      const order = this.#orders?.get(touched.order) ?? this.#books.orders.get(touched.order)?.state
      const evolved = order && evolveOrder(order, event, IN_FLIGHT)
      if (evolved !== undefined) this.#orders = (this.#orders ?? new Map()).set(touched.order, evolved)
    }
    if (touched.refund !== null && 'refund' in event.data) {
      const { refund } = event.data
      const evolved = evolveRefund(this.refund(refund), event, IN_FLIGHT)
      if (evolved !== undefined) this.#refunds = (this.#refunds ?? new Map()).set(refund, evolved)
    }
    if (touched.recharge !== null && touched.recharge !== IN_FLIGHT) {
      const recharge = this.recharge(String(touched.recharge))
      const evolved = recharge && evolveRecharge(recharge, event, IN_FLIGHT)
      if (evolved !== undefined) this.#recharges = (this.#recharges ?? new Map()).set(touched.recharge, evolved)
    }
  }
}
