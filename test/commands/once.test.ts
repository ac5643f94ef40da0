import t from 'tap'
import { commands } from '../../src/commands/commands.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import { facts } from '../../src/ledger/decision.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { sweeper } from '../support/actors.js'
import { NOW } from '../support/given.js'
import { type By, decode, ended, Process, said, settle } from '../support/loop.js'
import { ann, bob, held, recharge, start, stream, trade } from '../support/trouble.js'

t.test('every command writes its event, once', async (t) => {
  const one = new Process(createMemoryEventStore())
  t.teardown(() => one.kill())
  const orders: string[] = []
  const ask = async <Name extends CommandName>(name: Name, input: Inputs[Name], by: By, expected: string) => {
    const outcome = await one.ask(name, input, by)
    t.equal(said(outcome), expected, name)
    if (outcome.kind === 'done' && 'order' in outcome.event.data) orders.unshift(outcome.event.data.order)
    return outcome
  }
  const account = 'ann'
  await ask('open', { owner: 'bob' }, { actor: bob }, 'AccountOpened')
  const first = await ask('recharge', recharge('ann', '100.00'), {}, 'Recharged')
  t.match(first, { event: { revision: 1, leaf: 2, stream: 'account-ann' }, standing: { actual: 10_000n } })
  await ask('recharge', { ...recharge('ann', '5'), effectiveDate: '2026-02-01' }, {}, 'Recharged')
  await ask('reverse-recharge', { account, recharge: '3', amount: '4' }, {}, 'RechargeReversed')
  await ask('reverse-recharge', { account, recharge: '3', amount: '4' }, {}, 'reversal_exceeds_recharge')
  await ask('withdraw', { account, amount: '1', method: 'bank' }, {}, 'Withdrawn')
  await ask('adjust', { account, amount: '3', direction: 'down', reason: 'r' }, {}, 'Adjusted')
  await ask('credit-limit', { account, creditLimit: '10' }, {}, 'CreditLimitChanged')
  await ask('freeze', { account, reason: 'r' }, {}, 'AccountFrozen')
  await ask('trade', trade('1'), { actor: ann }, 'account_frozen')
  await ask('unfreeze', { account, reason: 'r' }, {}, 'AccountUnfrozen')
  await ask('trade', trade('20'), { actor: ann }, 'Traded')
  const order = orders[0] ?? ''
  await ask('request-refund', { order, again: false }, { actor: ann }, 'RefundRequested')
  await ask('request-refund', { order, again: false }, { actor: ann }, 'RefundRequested again')
  await ask('withdraw-refund', { order }, { actor: ann }, 'RefundWithdrawn')
  await ask('withdraw-refund', { order }, { actor: ann }, 'RefundWithdrawn again')
  await ask('request-refund', { order, again: false }, { actor: ann }, 'RefundRequested')
  await ask('approve-refund', { order }, { actor: bob }, 'RefundApproved')
  await ask('approve-refund', { order }, { actor: bob }, 'RefundApproved again')
  await ask('trade', trade('20'), { actor: ann }, 'Traded')
  await ask('request-refund', { order: orders[0] ?? '', again: false }, { actor: ann }, 'RefundRequested')
  await ask('reject-refund', { order: orders[0] ?? '', reason: 'r' }, { actor: bob }, 'RefundRejected')
  await ask('reject-refund', { order: orders[0] ?? '' }, { actor: bob }, 'RefundRejected again')
  await ask('authorize', trade('10'), { actor: ann }, 'TradeAuthorized')
  await ask('capture', { order: orders[0] ?? '', amount: '4' }, { actor: bob }, 'TradeCaptured')
  await ask('capture', { order: orders[0] ?? '', amount: '4' }, { actor: bob }, 'TradeCaptured again')
  await ask('capture', { order: orders[0] ?? '' }, { actor: bob }, 'order_not_pending')
  await ask('authorize', trade('10'), { actor: ann }, 'TradeAuthorized')
  await ask('void', { order: orders[0] ?? '' }, { actor: ann }, 'TradeVoided')
  await ask('void', { order: orders[0] ?? '' }, { actor: ann }, 'TradeVoided again')
  await ask('authorize', trade('10'), { actor: ann }, 'TradeAuthorized')
  await ask('expire', { order: orders[0] ?? '' }, { actor: sweeper }, 'hold_not_expired')
  one.around.now += 8 * 86_400_000
  await ask('capture', { order: orders[0] ?? '' }, { actor: bob }, 'hold_expired')
  await ask('expire', { order: orders[0] ?? '' }, { actor: sweeper }, 'HoldExpired')
  await ask('expire', { order: orders[0] ?? '' }, { actor: sweeper }, 'HoldExpired again')
  const missing = [
    one.ask('void', { order: 'x' }),
    one.ask('capture', { order: '7777' }),
    one.ask('expire', { order: '00000000-0000-8000-8000-000000009999' }),
    one.ask('request-refund', { order: '', again: true }),
    one.ask('approve-refund', { order: 'not-a-uuid-but-as-long-as-one-or-so' }),
    one.ask('reject-refund', { order: '-1' }),
    one.ask('withdraw-refund', { order: '0x1' }),
  ]
  t.strictSame(new Set((await Promise.all(missing)).map(said)), new Set(['order_not_found']))
  t.equal(said(await one.ask('reverse-recharge', { account, recharge: 'none' })), 'recharge_not_found')
  const found = one.loop.locateOrder(order)
  t.match(found, { id: order, buyer: 'ann', seller: 'bob' })
  t.strictSame(one.loop.locateOrder(String(found?.leaf)), found)
  t.equal(one.loop.locateOrder('none'), null)
  const came = await one.ask('recharge', recharge('eve', '5'))
  if (came.kind !== 'done' || came.event.type !== 'Recharged') throw new Error('no recharge')
  t.equal(one.loop.locateRecharge(came.event.data.transfer), came.event.leaf)
  t.equal(one.loop.locateRecharge(order), null)
  t.match(came.standing, { frozen: false })
  await one.ask('freeze', { account: 'eve', reason: 'r' })
  t.match(await one.ask('recharge', recharge('eve', '5')), { standing: { frozen: true } })
  await one.stop()
})

t.test('the metadata tell who, when and why; the key stands on the last event alone', async (t) => {
  const { store, one } = await start(t)
  one.around.now += 60_000
  const input = { ...recharge('eve', '5'), effectiveDate: '2026-02-01' }
  await one.ask('recharge', input, { key: 'a-key' })
  one.around.now -= 3_000
  await one.ask('recharge', recharge('eve', '5'))
  const events = (await store.readStream('account-eve', { direction: 'forwards', max: 9 })).map(decode)
  const [opened, recharged, again] = events.map(({ metadata }) => metadata)
  const at = '2026-03-01T12:01:00.000Z'
  t.match(opened, { actor: 'operator', correlationId: 'a-test', recordedAt: at, effectiveDate: '2026-02-01' })
  t.equal(opened?.key, undefined)
  t.match(recharged, {
    key: 'recharge a-key',
    fingerprint: /^.{43}$/,
    recordedAt: at,
    causationId: opened?.causationId,
  })
  t.equal(again?.recordedAt, at, 'it never goes back in a stream')
  t.notHas(again, { effectiveDate: String })
  t.not(again?.causationId, opened?.causationId)
  t.equal(
    (await store.readStream('account-bob', { direction: 'forwards', max: 1 })).map(decode)[0]?.metadata.recordedAt,
    NOW,
  )
})

t.test('a decision on a refund in flight waits for its commit', async (t) => {
  const { before, state, release } = held()
  const { store, one } = await start(t, { before })
  const traded = await one.ask('trade', trade('20'), { actor: ann })
  const order = traded.kind === 'done' ? String(traded.event.leaf) : ''
  state.hold = true
  const asked = [
    one.ask('request-refund', { order, again: false }, { actor: ann }),
    one.ask('approve-refund', { order }, { actor: bob }),
    one.ask('request-refund', { order, again: false }, { actor: ann }),
    one.ask('approve-refund', { order }, { actor: bob }),
  ]
  for (let n = 0; n < 3; n += 1) await release()
  t.strictSame((await Promise.all(asked)).map(said), [
    'RefundRequested',
    'RefundApproved',
    'RefundRequested again',
    'RefundApproved again',
  ])
  t.strictSame(await stream(store, 'bob'), ['AccountOpened.v1', 'RefundRequested.v1', 'RefundApproved.v1'])
})

t.test('two cancels at once are one, and a decision repeated waits for what it was decided on', async (t) => {
  const { before, state, release } = held()
  const { store, one } = await start(t, { before })
  const traded = await one.ask('trade', trade('20'), { actor: ann })
  const held1 = await one.ask('authorize', trade('5'), { actor: ann })
  const order = traded.kind === 'done' ? String(traded.event.leaf) : ''
  const hold = held1.kind === 'done' ? String(held1.event.leaf) : ''
  const [first, second] = await Promise.all([
    one.ask('request-refund', { order, again: false }, { actor: ann }),
    one.ask('request-refund', { order, again: false }, { actor: ann }),
  ])
  t.strictSame([first, second].map(said), ['RefundRequested', 'RefundRequested again'])
  t.match(second, { event: first.kind === 'done' && { id: first.event.id } })
  t.equal((await stream(store, 'bob')).length, 2)
  await one.ask('capture', { order: hold }, { actor: bob })
  state.hold = true
  const flying = ended(one.ask('trade', trade('1'), { actor: ann }))
  const again = one.ask('capture', { order: hold }, { actor: bob })
  let answered = false
  again.then(() => {
    answered = true
  })
  await settle()
  t.equal(answered, false)
  await release('disk-full')
  t.equal(answered, true, 'decided again, with nothing in flight')
  t.equal(await flying, 'unavailable: disk_full')
  const next = one.ask('trade', trade('1'), { actor: ann })
  const last = one.ask('capture', { order: hold }, { actor: bob })
  await release()
  t.equal(said(await next), 'Traded')
  t.match(await last, { replayed: true, standing: null, event: { type: 'TradeCaptured' } })
})

t.test('what is in flight at an order counts, from the buyer and from the seller', async (t) => {
  const { before, state, release } = held()
  const { one } = await start(t, { before })
  const authorized = await one.ask('authorize', trade('20'), { actor: ann })
  const order = authorized.kind === 'done' ? String(authorized.event.leaf) : ''
  const charged = await one.ask('recharge', recharge('ann', '10'))
  const money = charged.kind === 'done' ? String(charged.event.leaf) : ''
  state.hold = true
  const asked = [
    one.ask('capture', { order, amount: '15' }, { actor: bob }),
    one.ask('void', { order }, { actor: ann }),
    one.ask('capture', { order, amount: '15' }, { actor: bob }),
    one.ask('reverse-recharge', { account: 'ann', recharge: money, amount: '6' }),
    one.ask('reverse-recharge', { account: 'ann', recharge: money, amount: '6' }),
    one.ask('authorize', trade('2'), { actor: ann }),
  ]
  for (let n = 0; n < 4; n += 1) await release()
  t.strictSame((await Promise.all(asked)).map(said), [
    'TradeCaptured',
    'order_not_pending',
    'TradeCaptured again',
    'RechargeReversed',
    'reversal_exceeds_recharge',
    'TradeAuthorized',
  ])
  const bobs = [
    one.ask('request-refund', { order, amount: '15', again: true }, { actor: ann }),
    one.ask('request-refund', { order, amount: '1', again: true }, { actor: ann }),
  ]
  for (let n = 0; n < 4; n += 1) await release()
  t.strictSame((await Promise.all(bobs)).map(said), ['RefundRequested', 'refund_exceeds_order'])
  const refund = await bobs[0]
  const id = refund?.kind === 'done' && 'refund' in refund.event.data ? refund.event.data.refund : ''
  const decided = [
    one.ask('reject-refund', { order, refund: id }, { actor: bob }),
    one.ask('approve-refund', { order, refund: id }, { actor: bob }),
    one.ask('reject-refund', { order, refund: id }, { actor: bob }),
  ]
  for (let n = 0; n < 4; n += 1) await release()
  t.strictSame((await Promise.all(decided)).map(said), ['RefundRejected', 'refund_decided', 'RefundRejected again'])
})

t.test('a command that decides on nothing is an error of ours', async (t) => {
  const nothing = { ...commands.freeze, decide: () => facts() }
  const one = new Process(createMemoryEventStore(), { loop: { commands: { ...commands, freeze: nothing } } })
  t.teardown(() => one.kill())
  t.match(await ended(one.ask('freeze', { account: 'ann', reason: 'r' })), /freeze decided on nothing/)
  await one.loop.close()
})
