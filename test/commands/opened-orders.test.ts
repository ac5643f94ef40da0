import t from 'tap'
import { OpenedOrders } from '../../src/commands/opened-orders.js'
import { evolveOrder } from '../../src/ledger/order.js'
import { Books } from '../support/books.js'
import { opened, traded } from '../support/facts.js'
import { NOW } from '../support/given.js'

/** A log whose trades lie between other events, and the orders of its trades. */
const filled = (flushed = -1) => {
  const books = new Books()
  const orders = new OpenedOrders()
  orders.flushed(flushed)
  for (let n = 0; n < 12; n += 1) {
    const event = books.append(
      n % 3 === 0 ? opened(`u${n}`) : traded(n % 2 ? ['ann', 'bob'] : ['bob', 'ann'], `${n}.50`, n),
      NOW,
    )
    if (event.type === 'Traded') orders.add(event)
  }
  return { log: books.log, orders }
}

t.test('an order is what the event that opened it folds to, and no other number finds one', async (t) => {
  const { log, orders } = filled()
  for (const event of log) {
    const state = event.type === 'Traded' ? evolveOrder(undefined, event, event.leaf) : undefined
    t.strictSame(orders.get(event.leaf), state, `${event.leaf} ${event.type}`)
  }
  t.equal(orders.get(-1), undefined)
  t.equal(orders.get(12), undefined)
})

t.test('what the file holds is forgotten, and nothing else', async (t) => {
  const leaves = (orders: OpenedOrders) => orders.all().map(({ leaf }) => leaf)
  for (let flushed = -1; flushed <= 12; flushed += 1) {
    const { orders } = filled()
    const before = leaves(orders)
    orders.flushed(flushed)
    const left = before.filter((leaf) => leaf > flushed)
    t.strictSame(leaves(orders), left, `up to ${flushed}`)
    t.strictSame(leaves(filled(flushed).orders), left, `told before, up to ${flushed}`)
  }
  t.strictSame(leaves(new OpenedOrders()), [])
})
