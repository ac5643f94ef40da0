import type { Reads } from './define.js'
import type { OrderPlace } from './port.js'

/** Of a trade, a purchase or a renewal, by our id or by number; `null`: there is none. */
export const orderPlace = (reads: Pick<Reads, 'order' | 'purchase'>, reference: string): OrderPlace | null => {
  const order = reads.order(reference)
  if (order !== undefined) {
    const { leaf, id, buyer, seller } = order.facts
    return { leaf, id, buyer, seller }
  }
  const bought = reads.purchase(reference)
  return bought === undefined ? null : { leaf: bought.leaf, id: bought.id, buyer: bought.account, seller: null }
}
