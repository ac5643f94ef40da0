import type { Fact } from '../../events/catalogue.js'
import { fromEvent } from '../../src/ledger/money.js'
import type { Books } from './books.js'

/** Something is about to be bought for a subscription whose period was paid by an order that is being given back to its card, all of it: counted from the log. */
export const isLost = ({ type, data }: Fact, books: Books): boolean => {
  if (!('items' in data) || type === 'CheckoutPaid' || type === 'CheckoutFailed') return false
  const all = books.account(data.account)?.own.subscriptions ?? []
  return data.items.some(({ subscription }) => {
    const { paidBy = [] } = all.find(({ id }) => id === subscription) ?? {}
    return paidBy.some(({ order }) => goesBack(order, books))
  })
}

const goesBack = (order: string, books: Books): boolean => {
  const over = new Map<string, boolean>()
  for (const { type, data } of books.log) {
    if (type === 'CardRefunded' || type === 'CardRefundFailed') over.set(data.refund, type === 'CardRefunded')
  }
  const asked = books.log.flatMap(({ type, data }) =>
    type === 'CardRefundRequested' && data.order === order && over.get(data.refund) !== false ? [data] : [],
  )
  const back = asked.reduce((sum, { amount }) => sum + fromEvent(amount), 0n)
  return asked.some(({ refund }) => !over.has(refund)) && back === fromEvent(books.purchase(order)?.amount ?? '0')
}
