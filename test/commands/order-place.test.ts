import t from 'tap'
import { orderPlace } from '../../src/commands/order-place.js'
import { bought } from '../http/bought.js'
import { id } from '../http/world.js'
import { idOf } from '../support/books.js'
import { authorized, opened, traded } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'

t.test('an order is found by our id and by its number, whoever was paid; what is no order is not', async (t) => {
  const books = booksOf([
    opened('alice'),
    opened('bob'),
    traded(['alice', 'bob'], '1.00', 5),
    authorized(['alice', 'bob'], '1.00', 6, NOW),
    bought(7),
  ])
  const parties = { buyer: 'alice', seller: 'bob' }
  for (const [reference, place] of [
    ['2', { leaf: 2, id: idOf(5), ...parties }],
    [idOf(6), { leaf: 3, id: idOf(6), ...parties }],
    ['4', { leaf: 4, id: id(7), buyer: 'alice', seller: null }],
    [id(7), { leaf: 4, id: id(7), buyer: 'alice', seller: null }],
    ['0', null],
    [idOf(99), null],
    ['x', null],
  ] as const) {
    t.strictSame(orderPlace(books, reference), place, reference)
  }
})
