import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { recharge as byCard, paid, started } from '../../support/card.js'
import { opened, recharged, traded } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID } from '../../support/given.js'

const history = [opened('ann'), recharged('ann', '10.00', 1), opened('bob'), recharged('bob', '1.00', 2)]
const input = { account: 'ann', recharge: idOf(1) }

const reversed = (amount: string, reason?: string): Fact => ({
  type: 'RechargeReversed',
  data: {
    transfer: NEW_ID,
    recharge: idOf(1),
    rechargeLeaf: 1,
    account: 'ann',
    amount,
    currency: 'EUR',
    method: 'bank',
    ...(reason !== undefined && { reason }),
  },
})

t.test('reversing a recharge is refused, in this order', async (t) => {
  const books = given(...history)
  books.when('reverse-recharge', { ...input, amount: 'x' }, actor('ann')).refused(t, 'invalid_amount', 'request')
  books.when('reverse-recharge', { ...input, amount: '0' }, actor('ann')).refused(t, 'amount_not_positive', 'request')
  books.when('reverse-recharge', { ...input, recharge: idOf(9) }, actor('ann')).refused(t, 'forbidden', 'request')
  books.when('reverse-recharge', { ...input, recharge: idOf(9) }, admin).refused(t, 'recharge_not_found')
  books.when('reverse-recharge', { ...input, recharge: idOf(2) }, admin).refused(t, 'recharge_not_found')
  books.when('reverse-recharge', { ...input, amount: '11.001' }, admin).refused(t, 'too_many_decimals')
  books.when('reverse-recharge', { ...input, amount: '10.01' }, admin).refused(t, 'reversal_exceeds_recharge')
  const once = given(...history, reversed('4.00'))
  once.when('reverse-recharge', { ...input, amount: '6.01' }, admin).refused(t, 'reversal_exceeds_recharge')
  const all = given(...history, reversed('4.00'), reversed('6.00'))
  all.when('reverse-recharge', input, admin).refused(t, 'reversal_exceeds_recharge')
})

t.test('a part, then what is left, is taken back by id or by number', async (t) => {
  given(...history)
    .when('reverse-recharge', { ...input, amount: '4', reason: 'r' }, admin)
    .then(t, reversed('4.00', 'r'))
  given(...history, reversed('4.00'))
    .when('reverse-recharge', { ...input, recharge: '1' }, admin)
    .then(t, reversed('6.00'))
})

t.test('money that was spent is taken back all the same: the account goes below zero', async (t) => {
  given(...history, traded(['ann', 'bob'], '10.00', 3))
    .when('reverse-recharge', input, admin)
    .then(t, reversed('10.00'))
})

t.test('what a card has paid is returned with its payment, not reversed', async (t) => {
  given(opened('ann'), started(5, byCard), paid(5, 1, byCard))
    .when('reverse-recharge', { account: 'ann', recharge: idOf(5) }, admin)
    .refused(t, 'recharge_by_card')
})

t.test('a recharge in flight is waited for', async (t) => {
  givenInFlight(...history.slice(0, 2))
    .when('reverse-recharge', input, admin)
    .waits(t)
})
