import t from 'tap'
import { actor, admin } from '../../support/actors.js'
import { opened } from '../../support/facts.js'
import { given } from '../../support/given.js'

const ann = actor('ann')

t.test('opening an account is refused, in this order', async (t) => {
  const open = given(opened('ann'))
  open.when('open', { owner: 'bob', currency: 'ZZZ', creditLimit: '1e5' }, ann).refused(t, 'invalid_amount', 'request')
  open.when('open', { owner: 'bob', currency: 'ZZZ', creditLimit: '-1' }, ann).refused(t, 'invalid_amount', 'request')
  open.when('open', { owner: 'bob', currency: 'ZZZ', creditLimit: '9' }, ann).refused(t, 'unknown_currency', 'request')
  open.when('open', { owner: 'bob', creditLimit: '9' }, ann).refused(t, 'forbidden', 'request')
  open.when('open', { owner: 'ann', creditLimit: '0.001' }, ann).refused(t, 'forbidden', 'request')
  open.when('open', { owner: 'ann', creditLimit: '0.000' }, ann).refused(t, 'account_exists')
  given().when('open', { owner: 'ann', creditLimit: '0.000' }, ann).refused(t, 'too_many_decimals')
})

t.test('one opens one’s own account; an admin opens any, with a credit limit', async (t) => {
  given().when('open', { owner: 'ann' }, ann).then(t, opened('ann'))
  given().when('open', { owner: 'ann', creditLimit: '0' }, ann).then(t, opened('ann'))
  given()
    .when('open', { owner: 'ann', currency: 'JPY', creditLimit: '500' }, admin)
    .then(t, opened('ann', '500', 'JPY'))
})
