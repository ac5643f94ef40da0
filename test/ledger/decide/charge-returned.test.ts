import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { paid, started } from '../../support/card.js'
import { opened } from '../../support/facts.js'
import { given } from '../../support/given.js'

const gateway = actor('system:checkouts', [])
const input = { account: 'ann', checkoutLeaf: 1, transaction: 't9', amount: '22.00', currency: 'EUR' }

const returned = (amount: string, currency = 'EUR'): Fact => ({
  type: 'ChargeReturned',
  data: { checkout: idOf(2), checkoutLeaf: 1, account: 'ann', amount, currency, transaction: 't9' },
})

t.test('that a charge was given back is refused, in this order', async (t) => {
  const books = given(opened('ann'), started(2), paid(2, 1), returned('22.00'))
  books.when('charge-returned', { ...input, checkoutLeaf: 9 }, admin).refused(t, 'forbidden', 'request')
  books.when('charge-returned', { ...input, checkoutLeaf: 9 }, gateway).refused(t, 'checkout_not_found')
  books.when('charge-returned', input, gateway).refused(t, 'charge_known')
  books.when('charge-returned', { ...input, transaction: 't2' }, gateway).refused(t, 'charge_known')
})

t.test('it says how much was really given back, however the gateway writes it', async (t) => {
  const books = given(opened('ann'), started(2))
  for (const [amount, currency, written] of [
    ['22.00', 'EUR', '22.00'],
    ['23.5', 'EUR', '23.50'],
    ['23.5000', 'EUR', '23.50'],
    ['23', 'EUR', '23.00'],
    ['2300.00', 'JPY', '2300'],
    ['200', 'JPY', '200'],
    ['1.2340', 'TND', '1.234'],
  ] as const) {
    books.when('charge-returned', { ...input, amount, currency }, gateway).then(t, returned(written, currency))
  }
})

t.test('what no event can say is written as what was asked for', async (t) => {
  const books = given(opened('ann'), started(2))
  for (const [amount, currency] of [
    ['23.001', 'EUR'],
    ['23.00', 'HRK'],
    ['23.00', 'XAU'],
    ['0.00', 'EUR'],
    ['-1.00', 'EUR'],
  ] as const) {
    books.when('charge-returned', { ...input, amount, currency }, gateway).then(t, returned('22.00'))
  }
})
