import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { frozen, opened, recharged, unfrozen } from '../../support/facts.js'
import { given, NEW_ID } from '../../support/given.js'

const ann = actor('ann', ['ann'], ['withdraw'])
const input = { account: 'ann', amount: '5', method: 'bank' }

const withdrawn = (amount: string): Fact => ({
  type: 'Withdrawn',
  data: { transfer: NEW_ID, account: 'ann', amount, currency: 'EUR', method: 'bank', reference: 'r' },
})

t.test('paying money out is refused, in this order', async (t) => {
  const books = given(opened('ann', '1.00'), recharged('ann', '5.00'), frozen('ann'))
  const bad = { ...input, amount: 'x', currency: 'ZZZ', method: 'card', account: 'bob' }
  books.when('withdraw', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('withdraw', { ...bad, amount: '0' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('withdraw', { ...bad, amount: '6.001' }, ann).refused(t, 'unknown_currency', 'request')
  for (const who of [ann, admin]) {
    const asked = { ...bad, amount: '6.001', currency: 'USD' }
    books.when('withdraw', asked, who).refused(t, 'method_reserved', 'request')
  }
  const late = { ...input, amount: '6.001', currency: 'USD' }
  books.when('withdraw', { ...late, account: 'bob' }, ann).refused(t, 'forbidden', 'request')
  books.when('withdraw', late, actor('ann')).refused(t, 'forbidden', 'request')
  books.when('withdraw', { ...late, account: 'bob' }, admin).refused(t, 'account_not_found')
  books.when('withdraw', late, ann).refused(t, 'wrong_currency')
  books.when('withdraw', { ...late, currency: 'EUR' }, ann).refused(t, 'too_many_decimals')
  books.when('withdraw', { ...input, amount: '6.01' }, admin).refused(t, 'account_frozen')
  given(opened('ann', '1.00'), recharged('ann', '5.00'))
    .when('withdraw', { ...input, amount: '6.01' }, admin)
    .refused(t, 'insufficient_funds')
})

t.test('all that is spendable may be paid out, the credit limit included', async (t) => {
  const books = given(opened('ann', '1.00'), recharged('ann', '5.00'), frozen('ann'), unfrozen('ann'))
  books.when('withdraw', { ...input, amount: '6', reference: 'r' }, ann).then(t, withdrawn('6.00'))
  books.when('withdraw', { ...input, amount: '6', reference: 'r' }, admin).then(t, withdrawn('6.00'))
})
