import t from 'tap'
import { decideRecharge } from '../../../src/ledger/decide/recharge.js'
import { actor, admin } from '../../support/actors.js'
import { frozen, opened, recharged } from '../../support/facts.js'
import { given, NEW_ID, NOW } from '../../support/given.js'

const ann = actor('ann', ['ann'], ['recharge'])
const input = { account: 'ann', amount: '5', method: 'bank', opens: false }

t.test('a recharge is refused, in this order', async (t) => {
  const books = given(opened('ann'))
  const bad = { ...input, amount: 'x', currency: 'ZZZ', method: 'card', effectiveDate: 'x', account: 'bob' }
  books.when('recharge', bad, ann).refused(t, 'invalid_amount', 'request')
  books.when('recharge', { ...bad, amount: '0.0' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('recharge', { ...bad, amount: '-1' }, ann).refused(t, 'amount_not_positive', 'request')
  books.when('recharge', { ...bad, amount: '0.001' }, ann).refused(t, 'unknown_currency', 'request')
  books.when('recharge', { ...bad, amount: '1', currency: 'USD' }, ann).refused(t, 'method_reserved', 'request')
  for (const effectiveDate of ['x', '2026-02-29', '2026-13-01', '20260101', '2026-03-02', '+02026-01-01']) {
    books
      .when('recharge', { ...bad, amount: '1', currency: 'USD', method: 'bank', effectiveDate }, ann)
      .refused(t, 'invalid_date', 'request')
  }
  const late = { ...input, amount: '0.001', currency: 'USD', effectiveDate: '2026-02-28' }
  books.when('recharge', { ...late, account: 'bob' }, ann).refused(t, 'forbidden', 'request')
  books.when('recharge', late, actor('ann')).refused(t, 'forbidden', 'request')
  books.when('recharge', late, ann).refused(t, 'forbidden', 'request')
  books.when('recharge', { ...late, account: 'bob' }, admin).refused(t, 'account_not_found')
  books.when('recharge', late, admin).refused(t, 'wrong_currency')
  books.when('recharge', { ...late, currency: 'EUR' }, admin).refused(t, 'too_many_decimals')
})

t.test('an admin recharges any account, also for an earlier day, and a frozen one', async (t) => {
  given(opened('ann'), frozen('ann'))
    .when('recharge', { ...input, effectiveDate: '2026-03-01' }, admin)
    .then(t, recharged('ann', '5.00', 0xfff))
})

t.test('nobody writes down by hand what only the card gateway can have taken', async (t) => {
  for (const who of [ann, admin]) {
    given()
      .when('recharge', { ...input, method: 'card', opens: true }, who)
      .refused(t, 'method_reserved', 'request')
  }
})

t.test('who has the scope recharges an own account', async (t) => {
  given(opened('ann'))
    .when('recharge', input, ann)
    .then(t, recharged('ann', '5.00', 0xfff))
})

t.test('a recharge may open the account in the same append', async (t) => {
  given()
    .when('recharge', { ...input, opens: true }, ann)
    .then(t, opened('ann'), recharged('ann', '5.00', 0xfff))
  const data = { transfer: NEW_ID, account: 'ann', amount: '5', currency: 'JPY', method: 'bank', reference: 'r' }
  given()
    .when('recharge', { ...input, opens: true, currency: 'JPY', reference: 'r' }, ann)
    .then(t, opened('ann', '0', 'JPY'), { type: 'Recharged', data })
})

t.test('a configured currency without minor units opens nothing', async (t) => {
  const deciding = { actor: admin, now: NOW, id: NEW_ID }
  const decision = decideRecharge({ ...input, opens: true, defaultCurrency: 'XAU' }, undefined, deciding)
  t.match(decision, { kind: 'refused', refusal: { code: 'unknown_currency' } })
})
