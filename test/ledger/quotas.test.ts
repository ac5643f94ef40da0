import t from 'tap'
import { leftOf, sumOf } from '../../src/ledger/quotas.js'

const none = { sms: '0', email: '0', notification: '0', storage: '0' }

t.test('quotas are summed exactly and written as short as may be', async (t) => {
  t.same(sumOf(), none)
  t.same(sumOf({ sms: '100' }, {}, { sms: '20', storage: '0.05' }, { storage: '0.1500' }), {
    ...none,
    sms: '120',
    storage: '0.2',
  })
  const most = '9'.repeat(24)
  t.same(sumOf({ email: `${most}.9999` }, { email: '0.0001' }), { ...none, email: `1${'0'.repeat(24)}` })
})

t.test('what is left is never below zero', async (t) => {
  t.same(leftOf({ sms: '10', email: '1' }, { sms: '2.5', email: '3', storage: '0.1' }), { ...none, sms: '7.5' })
})
