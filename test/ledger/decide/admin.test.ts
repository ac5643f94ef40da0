import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { frozen, opened, unfrozen } from '../../support/facts.js'
import { given, NEW_ID } from '../../support/given.js'

const ann = actor('ann')
const adjust = { account: 'ann', direction: 'down', amount: '5', reason: 'r' } as const

t.test('an adjustment is refused, in this order', async (t) => {
  const books = given(opened('ann'))
  const bad = { ...adjust, amount: 'x', currency: 'ZZZ', effectiveDate: 'x' }
  books.when('adjust', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('adjust', { ...bad, amount: '0' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('adjust', { ...bad, amount: '0.001' }, ann).refused(t, 'unknown_currency', 'request')
  books.when('adjust', { ...bad, amount: '0.001', currency: 'USD' }, ann).refused(t, 'invalid_date', 'request')
  const late = { ...adjust, amount: '0.001', currency: 'USD' }
  books.when('adjust', late, ann).refused(t, 'forbidden', 'request')
  books.when('adjust', { ...late, account: 'bob' }, admin).refused(t, 'account_not_found')
  books.when('adjust', late, admin).refused(t, 'wrong_currency')
  books.when('adjust', { ...late, currency: 'EUR' }, admin).refused(t, 'too_many_decimals')
})

t.test('an adjustment is forced: down below zero, and on a frozen account', async (t) => {
  const adjusted = (direction: 'up' | 'down'): Fact => ({
    type: 'Adjusted',
    data: {
      transfer: NEW_ID,
      account: 'ann',
      direction,
      amount: '5.00',
      currency: 'EUR',
      reason: 'r',
      approver: 'operator',
    },
  })
  given(opened('ann'), frozen('ann')).when('adjust', adjust, admin).then(t, adjusted('down'))
  given(opened('ann'))
    .when('adjust', { ...adjust, direction: 'up', effectiveDate: '2026-01-31' }, admin)
    .then(t, adjusted('up'))
})

t.test('a credit limit is refused, in this order', async (t) => {
  const books = given(opened('ann'))
  books.when('credit-limit', { account: 'ann', creditLimit: '1e5' }, ann).refused(t, 'invalid_amount', 'request')
  books.when('credit-limit', { account: 'ann', creditLimit: '-0.01' }, ann).refused(t, 'invalid_amount', 'request')
  books.when('credit-limit', { account: 'bob', creditLimit: '0.001' }, ann).refused(t, 'forbidden', 'request')
  books.when('credit-limit', { account: 'bob', creditLimit: '0.001' }, admin).refused(t, 'account_not_found')
  books.when('credit-limit', { account: 'ann', creditLimit: '0.001' }, admin).refused(t, 'too_many_decimals')
})

t.test('an admin changes a credit limit, down to none', async (t) => {
  const changed = (creditLimit: string): Fact => ({
    type: 'CreditLimitChanged',
    data: { account: 'ann', currency: 'EUR', creditLimit },
  })
  const books = given(opened('ann', '9.00'))
  books.when('credit-limit', { account: 'ann', creditLimit: '7.5' }, admin).then(t, changed('7.50'))
  books.when('credit-limit', { account: 'ann', creditLimit: '0' }, admin).then(t, changed('0.00'))
})

t.test('freezing is refused, in this order', async (t) => {
  const books = given(opened('ann'), frozen('ann'))
  books.when('freeze', { account: 'bob', reason: 'test' }, ann).refused(t, 'forbidden', 'request')
  books.when('freeze', { account: 'bob', reason: 'test' }, admin).refused(t, 'account_not_found')
  books.when('freeze', { account: 'ann', reason: 'test' }, admin).refused(t, 'already_frozen')
  given(opened('ann')).when('freeze', { account: 'ann', reason: 'test' }, admin).then(t, frozen('ann'))
})

t.test('unfreezing is refused, in this order', async (t) => {
  const books = given(opened('ann'))
  books.when('unfreeze', { account: 'bob', reason: 'test' }, ann).refused(t, 'forbidden', 'request')
  books.when('unfreeze', { account: 'bob', reason: 'test' }, admin).refused(t, 'account_not_found')
  books.when('unfreeze', { account: 'ann', reason: 'test' }, admin).refused(t, 'not_frozen')
  given(opened('ann'), frozen('ann'))
    .when('unfreeze', { account: 'ann', reason: 'test' }, admin)
    .then(t, unfrozen('ann'))
})
