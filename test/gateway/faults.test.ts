import t from 'tap'
import { createSandbox } from '../../src/gateway/sandbox.js'
import { withFaults } from '../support/gateway/faults.js'
import { charged, sale, uuid } from '../support/gateway/ground.js'

const make = () => withFaults(createSandbox({ clock: () => 0, settleAfter: 0 }))

t.test('a fault is for one call, in order; then all is well', async (t) => {
  const gateway = make()
  gateway.plan('sale', 'unreachable', 'lost request', 'declined', 'lost reply', 'twice')
  await t.rejects(gateway.sale(sale()), { code: 'gateway_unreachable' })
  await t.rejects(gateway.sale(sale()), { code: 'gateway_unknown' })
  t.match(await gateway.sale(sale()), { kind: 'declined' })
  t.same(await gateway.find(uuid(1)), [])
  await t.rejects(gateway.sale(sale()), { code: 'gateway_unknown' })
  t.equal((await gateway.find(uuid(1))).length, 1)
  const { transaction } = charged(await gateway.sale(sale()))
  t.match(await gateway.find(uuid(1)), [{}, { transaction }, {}], 'both arrived')
  t.match(await gateway.sale(sale({ orderId: uuid(2) })), { kind: 'charged' })
  t.equal(gateway.count('sale'), 6)
  t.equal(gateway.count('refund'), 0)
})

t.test('what is there may not be seen yet', async (t) => {
  const gateway = make()
  const { transaction } = charged(await gateway.sale(sale()))
  gateway.plan('find', 'not found', 'not found')
  t.same(await gateway.find(uuid(1)), [])
  t.same(await gateway.find(uuid(1)), [])
  t.match(await gateway.find(uuid(1)), [{ transaction }])
  gateway.plan('refund', 'twice')
  const refund = await gateway.refund({ refundId: uuid(7), transaction, amount: '20.00' })
  gateway.plan('findRefund', 'not found')
  t.equal(await gateway.findRefund(uuid(7), transaction), null)
  t.match(await gateway.findRefund(uuid(7), transaction), {
    transaction: 'transaction' in refund && refund.transaction,
  })
  t.equal(await gateway.state(transaction), 'settled')
  t.type(await gateway.clientToken(), 'string')
})

t.test('a call may wait, or never end', async (t) => {
  const gateway = make()
  let go = (): void => undefined
  gateway.plan('sale', () => new Promise<void>((resolve) => (go = resolve)), 'hangs')
  const waiting = gateway.sale(sale())
  t.same(await gateway.find(uuid(1)), [])
  go()
  await waiting
  const hanging = gateway.sale(sale({ orderId: uuid(2) }))
  t.equal(await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 20, 'nothing'))]), 'nothing')
  t.equal((await gateway.find(uuid(2))).length, 1)
})

t.test('a fault that a call cannot have is a mistake of the test', async (t) => {
  const gateway = make()
  gateway.plan('state', 'declined', 'not found')
  await t.rejects(gateway.state('x'), TypeError)
  await t.rejects(gateway.state('x'), TypeError)
})
