import t from 'tap'
import { cardName } from '../../src/commands/settle-charge.js'
import {
  begin,
  charge,
  DAY,
  eventsOf,
  freshDesk,
  gatewayHas,
  ledgerSays,
  MINUTE,
  SETTLE_AFTER,
  typesOf,
} from '../support/asking.js'
import { idOf } from '../support/books.js'
import { recharge } from '../support/card.js'

t.test('a checkout that was charged is paid ten minutes later, its card kept; then its money comes', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  const transaction = await charge(desk, 2)
  desk.around.now += SETTLE_AFTER - 1
  t.equal(await desk.came(), '')
  t.equal(await desk.came({ which: 'all' }), '1 young')
  t.equal(desk.gateway.count('find'), 0, 'whoever charges it may do so still')
  desk.around.now += 1
  t.equal(await desk.came(), '1 paid')
  const paid = (await eventsOf(desk)).at(-1)
  t.match(paid, { type: 'CheckoutPaid', data: { checkout: idOf(2), checkoutLeaf: 1, transaction } })
  const card = paid?.type === 'CheckoutPaid' ? paid.data.card : undefined
  t.equal(await desk.secrets.get(cardName(String(card))), `card_${transaction}`)
  t.equal(await desk.came(), '1 pending')
  t.match(desk.asking.said(idOf(2)), { said: 'the charge is on its way', at: desk.around.now })
  t.equal(await desk.came(), '', 'not asked again so soon')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 settled')
  t.equal(await desk.came({ which: 'all' }), '', 'over')
  t.equal(desk.asking.said(idOf(2)), null)
  t.same(await typesOf(desk), ['CheckoutStarted', 'CheckoutPaid', 'PaymentSettled'])
  t.same(desk.log, [], 'it was in doubt for nobody')
  t.equal(await ledgerSays(desk), gatewayHas(desk))
})

t.test('what the gateway does not know of has failed a minute later; that is said once', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  desk.around.now += SETTLE_AFTER
  t.equal(await desk.came(), '1 missed')
  desk.around.now += MINUTE - 1
  t.equal(await desk.came({ which: 'all' }), '1 missed')
  desk.around.now += 1
  t.equal(await desk.came(), '', 'not its turn, since it was asked by hand')
  t.equal(await desk.came({ which: 'missed' }), '1 failed')
  t.match((await eventsOf(desk)).at(-1), { type: 'CheckoutFailed', data: { reason: 'not_found' } })
  t.same(desk.log, [`the checkout ${idOf(2)} is in doubt: it knows of no charge`])
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('a charge that turns up between two looks pays; one that turns up later is given back', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await begin(desk, 3)
  desk.around.now += SETTLE_AFTER
  t.equal(await desk.came(), '2 missed')
  desk.around.now += MINUTE
  await charge(desk, 2)
  t.equal(await desk.came(), '1 paid, 1 failed')
  t.equal(await desk.came(), '2 pending')
  const transaction = await charge(desk, 3)
  desk.around.now += DAY / 2
  desk.gateway.plan('find', 'not found')
  t.equal(await desk.came(), '1 givenBack, 1 pending')
  t.match((await eventsOf(desk)).at(-1), { type: 'ChargeReturned', data: { checkout: idOf(3), transaction } })
  t.equal(await desk.sandbox.state(transaction), 'voided')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 settled')
  t.equal(gatewayHas(desk), '22.00')
  t.equal(await ledgerSays(desk), '22.00')
})

t.test('one that settled before anybody looked is refunded, and returned when the refund has settled', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  desk.around.now += MINUTE
  t.equal(await desk.came(), '1 failed')
  await charge(desk, 2)
  desk.around.now += DAY
  t.equal(await desk.came(), '1 pending')
  t.match(desk.asking.said(idOf(2)), { said: /^the charge \w+ is being given back$/ })
  desk.around.now += DAY
  t.equal(await desk.came(), '1 givenBack')
  t.equal(await desk.came({ which: 'all' }), '')
  t.equal(gatewayHas(desk), '0.00')
  t.equal(await ledgerSays(desk), '0.00')
})

t.test('after thirty days nobody looks for a charge any more', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  desk.around.now += MINUTE
  t.equal(await desk.came(), '1 failed')
  desk.around.now += 29 * DAY
  t.equal(await desk.came(), '1 pending')
  desk.around.now += DAY
  t.equal(await desk.came({ which: 'all' }), '')
})

t.test('a charge of another amount or currency is shown, and left for a person', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  const transaction = await charge(desk, 2, '23.00')
  await charge(desk, 2, '22.00', 'USD')
  desk.around.now += SETTLE_AFTER
  t.equal(await desk.came(), '1 stuck')
  desk.around.now += 5 * MINUTE
  t.equal(await desk.came(), '1 stuck')
  const said = `its charge ${transaction} is of 23.00 EUR, which is not what was asked for`
  const next = `counterfoil checkouts fail ${idOf(2)} gives it back`
  t.same(desk.log, [`the checkout ${idOf(2)} is in doubt: ${said}; ${next}`])
  t.match(desk.asking.said(idOf(2)), { kind: 'open', said: `${said}; ${next}` })
  t.same(await typesOf(desk), ['CheckoutStarted'])
  for (const { transaction } of await desk.sandbox.find(idOf(2))) desk.sandbox.become(transaction, 'voided')
  t.equal(await desk.came({ which: 'all' }), '1 missed', 'when they are voided, nothing pays')
  desk.around.now += MINUTE
  t.equal(await desk.came(), '1 failed')
  t.equal(await desk.came(), '1 givenBack')
  t.same(await typesOf(desk), ['CheckoutStarted', 'CheckoutFailed', 'ChargeReturned', 'ChargeReturned'])
})

t.test('of two charges the first pays, and the other is given back', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  const [first, second] = [await charge(desk, 2), await charge(desk, 2)]
  desk.around.now += SETTLE_AFTER
  t.equal(await desk.came(), '1 paid')
  t.match((await eventsOf(desk)).at(-1), { data: { transaction: first } })
  t.equal(await desk.came(), '1 givenBack')
  t.match((await eventsOf(desk)).at(-1), { type: 'ChargeReturned', data: { transaction: second } })
  t.equal(gatewayHas(desk), '22.00')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 settled')
  t.equal(await ledgerSays(desk), '22.00')
})

t.test('what the gateway does not give back is shown until it does', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await charge(desk, 2)
  const second = await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  desk.gateway.plan('refund', async () => desk.sandbox.become(second, 'failed'))
  t.equal(await desk.came(), '1 stuck')
  t.match(desk.log, [`the payment of the checkout ${idOf(2)} is in doubt: it gives the charge ${second} not back: `])
  t.equal(await desk.came({ which: 'all' }), '1 pending', 'it brought no money')
})

t.test('money that does not come, or is taken back, undoes what it paid for', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2, '4001.00')
  await begin(desk, 3)
  await begin(desk, 4, '22.00', recharge)
  await charge(desk, 2, '4001.00')
  const [voided, taken] = [await charge(desk, 3), await charge(desk, 4)]
  desk.around.now += SETTLE_AFTER
  t.equal(await desk.came(), '3 paid')
  desk.around.now += DAY
  desk.sandbox.become(voided, 'voided')
  desk.sandbox.become(taken, 'returned')
  t.equal(await desk.came(), '3 returned')
  const reasons = (await eventsOf(desk)).flatMap(({ type, data }) => (type === 'PaymentReturned' ? [data.reason] : []))
  t.same(reasons, [
    'the settlement of the charge has failed',
    'the charge was voided',
    'the bank has taken the money back',
  ])
  t.equal(await ledgerSays(desk), gatewayHas(desk))
})

t.test('as long as a charge is not found by its order, another one may be missing too', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  await charge(desk, 2)
  desk.around.now += DAY
  desk.gateway.plan('find', 'not found')
  t.equal(await desk.came(), '1 pending')
  t.equal(await desk.came({ which: 'all' }), '1 pending')
  desk.around.now += DAY
  t.equal(await desk.came(), '1 settled')
  t.same(await typesOf(desk), ['CheckoutStarted', 'CheckoutPaid', 'ChargeReturned', 'PaymentSettled'])
})
