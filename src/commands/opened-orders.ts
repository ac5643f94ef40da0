import type { DataOf } from '../../events/catalogue.js'
import { tradedOrder } from '../ledger/order.js'
import type { Order } from '../ledger/state.js'
import type { Dated } from './books.js'

/** What an order that a trade opened is made of. */
export interface Trade {
  readonly type: 'Traded'
  readonly data: DataOf<'Traded'>
  readonly revision: number
  readonly leaf: number
}

export const openedBy = (trade: Trade): Dated<Order> => ({ at: trade.leaf, state: tradedOrder(trade, trade.leaf) })

/**
 * Orders that trades opened, until the file holds them. Nearly all of them are asked for later or never, so they are made when somebody asks:
 * as states in a cache they would be most of what the collector has to move.
 */
export class OpenedOrders {
  /** In order of their leaf numbers. */
  #trades: Trade[] = []

  /** The newest. */
  add({ type, data, revision, leaf }: Trade): void {
    this.#trades.push({ type, data, revision, leaf })
  }

  get(leaf: number): Dated<Order> | undefined {
    const trade = this.#trades[this.#upTo(leaf - 1)]
    return trade?.leaf === leaf ? openedBy(trade) : undefined
  }

  all(): readonly Trade[] {
    return [...this.#trades]
  }

  /** The file holds everything up to this leaf number. */
  flushed(leaf: number): void {
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
