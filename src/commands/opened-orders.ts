import type { DataOf } from '../../events/catalogue.js'
import { tradedOrder } from '../ledger/order.js'
import type { Order } from '../ledger/state.js'

/** What an order that a trade opened is made of. */
export interface Trade {
  readonly type: 'Traded'
  readonly data: DataOf<'Traded'>
  readonly revision: number
  readonly leaf: number
}

/**
 * Orders as trades opened them, while the file may not hold them yet. Nearly all of them are asked for later or never, so they are made when
 * somebody asks: as states in a cache they would be most of what the collector has to move.
 */
export class OpenedOrders {
  /** In order of their leaf numbers. */
  #trades: Trade[] = []
  #flushed = -1

  /** A later one than those before; what the file holds already is told by the file alone, which may know more of it. */
  add({ type, data, revision, leaf }: Trade): void {
    if (leaf > this.#flushed) this.#trades.push({ type, data, revision, leaf })
  }

  get(leaf: number): Order | undefined {
    const trade = this.#trades[this.#upTo(leaf - 1)]
    return trade?.leaf === leaf ? tradedOrder(trade, leaf) : undefined
  }

  all(): readonly Trade[] {
    return [...this.#trades]
  }

  /** The file holds everything up to this leaf number, which may be ahead of what was added. */
  flushed(leaf: number): void {
    this.#flushed = leaf
    this.#trades = this.#trades.slice(this.#upTo(leaf))
  }

  /** How many of them there are up to a leaf number. */
  #upTo(leaf: number): number {
    let [low, high] = [0, this.#trades.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#trades[middle] as Trade).leaf <= leaf) low = middle + 1
      else high = middle
    }
    return low
  }
}
