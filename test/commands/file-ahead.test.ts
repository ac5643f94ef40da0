import t from 'tap'
import { later } from '../../src/ledger/time.js'
import { coupons } from '../support/coupons.js'
import { NOW } from '../support/given.js'
import { Process, said, settle } from '../support/loop.js'
import { ann, bob, recharge, start, trade } from '../support/trouble.js'

t.test('a file that is ahead of the log as we have read it is caught up with before anything is decided', async (t) => {
  const { store, one } = await start(t)
  await one.ask('recharge', recharge('ann', '10'))
  await one.ask('issue-coupons', { batch: 'b', count: 1, amount: '5', expiresAt: later(NOW, 3_600_000) })
  const late = store.sibling()
  const two = new Process(Object.assign(late, { subscribe: stalled }), { around: one.around })
  t.teardown(() => two.kill())
  await two.loop.catchUp()
  await two.flush()
  await settle()
  const coupon = { serial: 'b-1', code: coupons.codeOf('b-1') }
  t.equal(said(await one.ask('redeem', { account: 'ann', ...coupon }, { actor: ann })), 'CouponRedeemed')
  t.equal(said(await one.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded')
  await two.fold()
  two.writer.flush()
  t.equal(said(await two.ask('redeem', { account: 'bob', ...coupon }, { actor: bob })), 'coupon_redeemed')
  const three = new Process(Object.assign(store.sibling(), { subscribe: stalled }), { around: one.around })
  t.teardown(() => three.kill())
  await settle()
  await one.ask('trade', trade('2'), { actor: ann, key: 'l' })
  await three.fold()
  three.writer.flush()
  t.equal(said(await three.ask('trade', trade('2'), { actor: ann, key: 'l' })), 'Traded again')
})

/** A log that tells nothing by itself. */
const stalled = async function* (): AsyncGenerator<never> {
  await new Promise(() => undefined)
}
