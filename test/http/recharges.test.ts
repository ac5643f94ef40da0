import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { idOf } from '../support/books.js'
import { opened, recharged, traded } from '../support/facts.js'
import { begun, paid } from './card.js'
import { startOn } from './live-world.js'
import { admin, bearer, id } from './world.js'

const alices = { account: 'alice', amount: '2.00', currency: 'EUR', method: 'bank' }
const log: readonly Fact[] = [
  ...begun('recharge'),
  paid('recharge'),
  recharged('alice', '9.00', 0x11),
  opened('bob'),
  recharged('bob', '4.00', 0x12),
  traded(['alice', 'bob'], '1.00', 0x13),
  { type: 'RechargeReversed', data: { ...alices, transfer: idOf(0x14), recharge: idOf(0x11), rechargeLeaf: 3 } },
]
const [alice, bob] = [bearer('alice'), bearer('bob')]

const open = async (t: Test) => {
  const { send, types } = await startOn(t, log)
  const cancel = (who: string, order: unknown, account = 'alice') =>
    send(['PUT', `/bill/${account}/cancel`], who, { order_id: order })
  const refund = (who: string, order: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    send(['POST', `/v1/orders/${order}/refunds`], who, body, headers)
  return { send, types, cancel, refund }
}

const [BY_HAND, BY_CARD, OF_BOB] = ['3', '1', '5']

t.test('a recharge that a bill shows is refused a refund for what it is, by number and by id', async (t) => {
  const { send, types, cancel, refund } = await open(t)
  const { data } = (await send(['GET', '/bill/alice/detail'], alice)).json()
  const shown = data.flatMap((one: { order_id: number }) => (one.order_id === 6 ? [] : [one.order_id]))
  t.strictSame(shown, [3, 3, 1])
  for (const order of [...shown, BY_HAND, BY_CARD, idOf(0x11), id(7)]) {
    for (const who of [alice, admin()]) {
      const bill = await cancel(who, order)
      t.match([bill.status, bill.json()], [409, { code: 2020, msg: /^order_not_refundable: This is a recharge/ }])
      const v1 = await refund(who, String(order))
      t.match([v1.status, v1.json().code, v1.json().detail], [409, 'order_not_refundable', /^This is a recharge/])
    }
  }
  t.same(await types(), [])
})

t.test('to whom it is not shown, a recharge is nothing that is known, whatever else he asks', async (t) => {
  const { cancel, refund } = await open(t)
  const own = await refund(bob, '99')
  const { status, text } = own
  t.match([status, own.json().code], [404, 'order_not_found'])
  const plain = (of: string) => of.replace(/"(instance|correlationId)":"[^"]*"/g, '')
  for (const order of [BY_HAND, BY_CARD, idOf(0x11), id(7)]) {
    for (const who of [bob, bearer('eve', { roles: ['auditor'] })]) {
      t.equal(plain((await refund(who, order)).text), plain(text))
      t.equal(plain((await refund(who, order, { amount: '0' })).text), plain(text))
    }
    t.equal((await cancel(bob, order, 'bob')).text, (await cancel(bob, '99', 'bob')).text)
  }
  t.equal((await cancel(admin(), OF_BOB)).text, (await cancel(admin(), '99')).text, "not of the bill's own account")
  t.equal((await refund(alice, '6', {}, { 'idempotency-key': 'k' })).status, 201)
  const again = await refund(alice, OF_BOB, {}, { 'idempotency-key': 'k' })
  t.equal(plain(again.text), plain(text), 'a key that she used where it lies tells her nothing')
})
