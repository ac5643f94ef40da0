import t from 'tap'
import { bought, coupon, givenBack, opened, recharged, renewed } from './bought.js'
import { bearer, createWorld, id } from './world.js'

const facts = [opened, recharged('5.00', 2), bought(3), renewed(3, 2), coupon, givenBack('0.10', 3, 2)]

t.test(
  'a bill shows a purchase and a renewal as paid, a coupon as a recharge, and what came back as received',
  async (t) => {
    const bill = async (of: typeof facts) => {
      const { app } = createWorld(of)
      const reply = await app.inject({ url: '/bill/alice/detail', headers: { authorization: bearer('alice') } })
      return reply.json().data
    }
    const line = { plan_id: '', trade_time: '2026-02-01', trade_user: 'alice' }
    t.strictSame(await bill(facts), [
      { ...line, order_id: 2, trade_type: 3, status: 4, trade_amount: 0.1 },
      { ...line, order_id: 4, trade_type: 1, status: 2, trade_amount: 10 },
      { ...line, order_id: 3, plan_id: 'p1', trade_type: 2, status: 2, trade_amount: 0.3 },
      { ...line, order_id: 2, plan_id: 'p1', trade_type: 2, status: 2, trade_amount: 0.3 },
      { ...line, order_id: 1, trade_type: 1, status: 2, trade_amount: 5 },
    ])
    t.match(await bill([...facts, givenBack('0.20', 3, 2)]), [
      { order_id: 2, trade_type: 3, status: 4, trade_amount: 0.2 },
      { order_id: 2, trade_type: 3, status: 4 },
      { order_id: 4 },
      { order_id: 3, status: 2 },
      { order_id: 2, trade_type: 2, status: 4, trade_amount: 0.3 },
    ])
  },
)

t.test('an order of what was bought has no seller; its owner and who reads all see it, nobody else', async (t) => {
  const { app } = createWorld(facts)
  const get = async (reference: string, authorization: string) =>
    app.inject({ url: `/v1/orders/${reference}`, headers: { authorization } })
  const purchase = await get('2', bearer('alice'))
  t.strictSame(purchase.json(), {
    id: id(3),
    number: 2,
    buyer: 'alice',
    status: 'effective',
    currency: 'EUR',
    amount: '0.30',
    paidAmount: '0.30',
    refundedAmount: '0.10',
    underReviewAmount: '0.00',
    plan: 'p1',
    title: 'Plan A',
    recordedAt: '2026-02-01T02:00:00.000Z',
  })
  t.equal((await get(id(3), bearer('alice'))).body, purchase.body)
  t.match((await get(id(103), bearer('alice'))).json(), { number: 3, title: 'Plan A', refundedAmount: '0.00' })
  for (const role of ['admin', 'auditor', 'finance']) {
    t.equal((await get('2', bearer('eve', { roles: [role] }))).body, purchase.body)
  }
  t.equal((await get('2', bearer('bob'))).statusCode, 404)
  const entries = await app.inject({ url: '/v1/accounts/alice/entries', headers: { authorization: bearer('alice') } })
  t.match(entries.json().entries, [
    { kind: 'purchase-refund', orderNumber: 2 },
    { kind: 'coupon', method: 'coupon', reference: 'xx-1' },
    { kind: 'renewal', title: 'Plan A', plan: 'p1' },
    { kind: 'purchase', title: 'Plan A', plan: 'p1', refundedAmount: '0.10' },
  ])
})

t.test('on bill a purchase is no refund to decide on', async (t) => {
  const { app, asked } = createWorld(facts)
  await app.inject({
    method: 'PUT',
    url: '/bill/alice/status',
    headers: { authorization: bearer('alice') },
    payload: '{"order_id":2,"status":"5"}',
  })
  t.equal(asked[0]?.name, 'reject-refund', 'and the rules say so')
})
