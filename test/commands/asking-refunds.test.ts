import t from 'tap'
import { admin } from '../support/actors.js'
import {
  begin,
  charge,
  DAY,
  type Desk,
  eventsOf,
  freshDesk,
  type Ground,
  gatewayHas,
  ledgerSays,
  MINUTE,
  openDesk,
  SETTLE_AFTER,
  typesOf,
} from '../support/asking.js'
import { idOf } from '../support/books.js'
import { ended, said, settle } from '../support/loop.js'

/** ann has bought a plan by card; `settled`: its money has come. */
const bought = async (desk: Ground & Desk, settled = false): Promise<string> => {
  await begin(desk, 2)
  const transaction = await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  if (!settled) return transaction
  desk.around.now += DAY
  await desk.ask()
  return transaction
}

const BOUGHT = ['CheckoutStarted', 'CheckoutPaid']
const SETTLED = [...BOUGHT, 'PaymentSettled']

t.test('all of it before it has settled: the charge is voided, and the plan is over', async (t) => {
  const desk = await freshDesk(t)
  const transaction = await bought(desk)
  t.equal(await desk.refund(2), 'CardRefundRequested')
  t.equal(await desk.refund(2), 'refund_exceeds_order')
  t.equal(await desk.came(), '1 returned, 1 refunded', 'nothing of it is to come')
  const types = ['CardRefundRequested', 'SubscriptionEnded', 'CardRefunded', 'PaymentReturned']
  t.same(await typesOf(desk), [...BOUGHT, ...types])
  t.match((await eventsOf(desk)).slice(-2), [
    { data: { transaction, refundLeaf: 3, amount: '22.00' } },
    { data: { amount: '0.00', reason: 'the charge was voided' } },
  ])
  t.equal(gatewayHas(desk), '0.00')
  t.equal(await ledgerSays(desk), '0.00')
  t.equal(await desk.came({ which: 'all' }), '')
})

t.test(
  'a part before it has settled waits for that; then it is on its way, and done when it has settled',
  async (t) => {
    const desk = await freshDesk(t)
    await bought(desk)
    t.equal(await desk.refund(2, '11.00'), 'CardRefundRequested')
    t.equal(await desk.came({ which: 'all' }), '2 pending')
    const refund = (await eventsOf(desk)).at(-1)
    const id = refund?.type === 'CardRefundRequested' ? refund.data.refund : ''
    t.match(desk.asking.said(id), { said: 'the charge has to settle first' })
    t.equal(desk.gateway.count('refund'), 0)
    desk.around.now += DAY
    t.equal(await desk.came(), '1 settled, 1 pending')
    t.match(desk.asking.said(id), { said: 'the refund is on its way' })
    desk.around.now += DAY
    t.equal(await desk.came(), '1 refunded')
    t.same(await typesOf(desk), [...BOUGHT, 'CardRefundRequested', 'PaymentSettled', 'CardRefunded'])
    t.equal(gatewayHas(desk), '11.00')
    t.equal(await ledgerSays(desk), '11.00')
    t.equal(desk.gateway.count('refund'), 1)
  },
)

t.test('two halves: the plan is over with the second', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  for (const amount of ['10.00', '12.00']) t.equal(await desk.refund(2, amount), 'CardRefundRequested')
  t.equal(await desk.came(), '2 pending')
  desk.around.now += DAY
  t.equal(await desk.came(), '2 refunded')
  const types = await typesOf(desk)
  t.same(types.slice(-3), ['CardRefunded', 'SubscriptionEnded', 'CardRefunded'])
  t.equal(gatewayHas(desk), '0.00')
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('what the gateway refuses, or what does not settle, may be asked for again', async (t) => {
  const desk = await freshDesk(t)
  const transaction = await bought(desk, true)
  desk.sandbox.become(transaction, 'returned')
  await desk.refund(2)
  t.equal(await desk.came(), '1 notRefunded')
  t.match((await eventsOf(desk)).at(-1), {
    type: 'CardRefundFailed',
    data: { detail: 'the charge brought no money that could be given back (returned)' },
  })
  desk.sandbox.become(transaction, 'settled')
  t.equal(await desk.refund(2), 'CardRefundRequested')
  t.equal(await desk.came(), '1 pending')
  const [refund] = (await desk.sandbox.find(idOf(2)))[0]?.refundIds ?? []
  desk.sandbox.become(String(refund), 'failed')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 notRefunded')
  t.equal(await desk.refund(2), 'CardRefundRequested')
  t.equal(gatewayHas(desk), '22.00')
  t.equal(await ledgerSays(desk), '22.00')
})

t.test('killed after the gateway gave it back, and before that was written: it is given back once', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  await desk.refund(2, '5.00')
  desk.gateway.plan('refund', 'hangs')
  desk.ask().catch(() => undefined)
  await settle()
  desk.process.kill()
  const next = openDesk(desk)
  t.teardown(() => next.process.kill())
  t.equal(await next.came(), '1 pending')
  desk.around.now += DAY
  t.equal(await next.came(), '1 refunded')
  t.equal(desk.gateway.count('refund'), 1)
  t.equal(gatewayHas(desk), '17.00')
  t.equal(await ledgerSays(desk), '17.00')
})

t.test('while it may be too early to see it, it is not asked for again; nor by another process at once', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  await desk.refund(2, '5.00')
  const other = openDesk(desk)
  t.teardown(() => other.process.kill())
  desk.gateway.plan('refund', 'lost reply')
  desk.gateway.plan('findRefund', 'not found', 'not found', 'not found', 'not found')
  t.same([await desk.came(), await other.came()].sort(), ['1 pending', '1 unanswered'])
  desk.around.now += 3 * MINUTE
  t.same([await desk.came({ which: 'all' }), await other.came({ which: 'all' })], ['1 pending', '1 pending'])
  t.equal(desk.gateway.count('refund'), 1, 'the turn of both is over')
  desk.around.now += 2 * MINUTE
  desk.gateway.plan('findRefund', 'not found')
  t.equal(await desk.came({ which: 'all' }), '1 pending')
  t.equal(desk.gateway.count('refund'), 2, 'which looks for it again')
  t.equal(gatewayHas(desk), '17.00')
})

t.test('two processes at the very same time give a part back once', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  await desk.refund(2, '5.00')
  const other = openDesk(desk)
  t.teardown(() => other.process.kill())
  const both = [desk, other].map(({ came }) => came({ which: 'all' }))
  t.same(await Promise.all(both), ['1 pending', '1 pending'])
  t.equal(desk.gateway.count('refund'), 1)
  desk.around.now += DAY
  const later = await Promise.all([desk, other].map(({ came }) => came({ which: 'all' })))
  t.same(later.sort(), ['', '1 refunded'])
  t.equal(await ledgerSays(desk), '17.00')
})

t.test('the store of secrets is away: nothing is given back', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  await desk.refund(2, '5.00')
  const put = async (): Promise<never> => {
    throw new Error('no store')
  }
  const other = openDesk(desk, { asking: { secrets: { put, destroy: put } } })
  t.teardown(() => other.process.kill())
  t.equal(await other.came(), '1 unanswered')
  desk.around.now += MINUTE
  t.equal(await other.came(), '1 unanswered')
  t.equal(other.log.filter((line) => line.includes('could not be found out: no store')).length, 1)
  t.equal(desk.gateway.count('refund'), 0)
})

t.test('a charge that was voided by somebody: a refund of a part is done, and the rest returned', async (t) => {
  const desk = await freshDesk(t)
  const transaction = await bought(desk)
  await desk.refund(2, '5.00')
  desk.sandbox.become(transaction, 'voided')
  const returned = { account: 'ann', checkoutLeaf: 1, reason: 'by hand' }
  t.equal(await ended(desk.process.ask('payment-returned', returned, { actor: admin })), 'card_refund_under_way')
  t.equal(await desk.came(), '1 returned, 1 refunded')
  const types = await typesOf(desk)
  t.same(types.slice(-3), ['CardRefunded', 'SubscriptionEnded', 'PaymentReturned'])
  t.match((await eventsOf(desk)).at(-1), { data: { amount: '17.00' } })
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('a charge whose money does not come while a refund of it is under way', async (t) => {
  const desk = await freshDesk(t)
  const transaction = await bought(desk)
  await desk.refund(2, '5.00')
  desk.gateway.plan('findRefund', 'unreachable')
  desk.sandbox.become(transaction, 'failed')
  t.equal(await desk.came({ which: 'all' }), '1 pending, 1 unanswered', 'the refund comes first')
  t.equal(await desk.came({ which: 'all' }), '1 returned, 1 notRefunded')
  t.match((await eventsOf(desk)).at(-1), { type: 'PaymentReturned', data: { amount: '22.00' } })
  t.equal(await ledgerSays(desk), gatewayHas(desk))
})

t.test('an admin may say that the bank took the money back, long after it came', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  t.same(await typesOf(desk), SETTLED)
  const input = { account: 'ann', checkoutLeaf: 1, reason: 'a letter' }
  t.equal(said(await desk.process.ask('payment-returned', input, { actor: admin })), 'PaymentReturned')
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('nothing is renewed that is on its way back, not even in the moment in which that is asked for', async (t) => {
  const desk = await freshDesk(t)
  await bought(desk, true)
  const due = { account: 'ann', subscription: idOf(2), start: '2026-03-31', asOf: '2026-03-31' }
  const renew = () => desk.process.ask('renew', due, { actor: admin })
  const [refund, renewal] = await Promise.all([desk.refund(2), ended(renew())])
  t.same([refund, renewal], ['CardRefundRequested', 'card_refund_under_way'])
  t.equal(await desk.came({ which: 'all' }), '1 pending')
  t.equal(await ended(renew()), 'card_refund_under_way')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 refunded')
  t.same(await typesOf(desk), [...SETTLED, 'CardRefundRequested', 'SubscriptionEnded', 'CardRefunded'])
  t.equal(await ended(renew()), 'subscription_not_found')
})
