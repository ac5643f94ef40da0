import t from 'tap'
import type { Outcome } from '../../src/commands/port.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor } from '../support/actors.js'
import { ended, Process, said, settle } from '../support/loop.js'
import { ann, bob, faulty, held, recharge, start, stream, trade } from '../support/trouble.js'

const eventOf = (outcome: Outcome) => (outcome.kind === 'done' ? outcome.event : undefined)

t.test('one key is one effect: in flight, committed, flushed and evicted, after a restart', async (t) => {
  const { before, state, release } = held()
  const { store, one } = await start(t, { before, limits: { accounts: 1 } })
  state.hold = true
  const by = { actor: ann, key: 'k' }
  const parallel = Array.from({ length: 100 }, () => one.ask('trade', trade('60'), by))
  const other = one.ask('trade', trade('61'), by)
  await settle()
  state.hold = false
  await release()
  const outcomes = await Promise.all(parallel)
  const first = eventOf(outcomes[0] ?? { kind: 'key-reused' })
  t.equal(outcomes.filter(({ kind }) => kind === 'done').length, 100)
  t.equal(outcomes.filter((outcome) => outcome.kind === 'done' && outcome.replayed).length, 99)
  t.ok(outcomes.every((outcome) => eventOf(outcome)?.id === first?.id))
  t.equal(said(await other), 'key-reused')
  const check = async (process: Process, when: string) => {
    const again = await process.ask('trade', trade('60'), by)
    t.match(again, { kind: 'done', replayed: true, standing: null }, when)
    t.match(eventOf(again), { id: first?.id, leaf: first?.leaf, data: first?.data }, when)
    t.equal(said(await process.ask('trade', trade('61'), by)), 'key-reused', when)
    t.equal((await stream(store, 'ann')).length, 3)
  }
  await check(one, 'committed in memory')
  await one.flush()
  for (let n = 0; n < 3; n += 1) await one.ask('open', { owner: `x${n}` })
  await check(one, 'in the file alone')
  await one.stop()
  const two = new Process(store, { around: one.around, database: one.database })
  await check(two, 'after a restart')
  await two.stop()
  const three = new Process(store, { around: one.around })
  await three.loop.catchUp()
  await check(three, 'with a new file')
  await three.stop()
})

t.test('a replay leaves nothing behind that later decisions rest on', async (t) => {
  const { store, one } = await start(t)
  await one.ask('trade', trade('60'), { actor: ann, key: 'k' })
  t.equal(said(await one.ask('trade', trade('60'), { actor: ann, key: 'k' })), 'Traded again')
  const two = new Process(store.sibling(), { around: one.around })
  t.teardown(() => two.kill())
  await two.ask('recharge', recharge('ann', '50'))
  t.equal(said(await one.ask('trade', trade('90'), { actor: ann })), 'Traded')
})

t.test('only effects are kept: what was refused may succeed under its key', async (t) => {
  const { one } = await start(t)
  const by = { actor: ann, key: 'k' }
  t.equal(said(await one.ask('trade', trade('160'), by)), 'insufficient_funds')
  await one.ask('recharge', recharge('ann', '100'))
  t.equal(said(await one.ask('trade', trade('160'), by)), 'Traded')
})

t.test('the same key for another stream, operation or subject is another key', async (t) => {
  const { one } = await start(t)
  const key = 'k'
  const both = actor('both', ['ann', 'bob'])
  const results = [
    await one.ask('trade', trade('10'), { actor: ann, key }),
    await one.ask('trade', trade('5', 'bob', 'ann'), { actor: both, key }),
    await one.ask('trade', trade('10'), { actor: both, key }),
    await one.ask('withdraw', { account: 'ann', amount: '1', method: 'bank' }, { key }),
    await one.ask('recharge', recharge('ann', '1'), { key }),
  ]
  t.strictSame(results.map(said), ['Traded', 'Traded', 'Traded', 'Withdrawn', 'Recharged'])
  const ids = results.map(eventOf).flatMap((event) => {
    if (event === undefined) return []
    if ('order' in event.data) return [event.data.order]
    return 'transfer' in event.data ? [event.data.transfer] : []
  })
  t.equal(ids.length, 5)
  t.equal(new Set(ids).size, 5, 'and makes another id')
})

t.test('to pay and to hold are one operation: a key that did the one does not do the other', async (t) => {
  const { store, one } = await start(t)
  const by = { actor: ann, key: 'k' }
  t.equal(said(await one.ask('trade', trade('10'), by)), 'Traded')
  const before = await stream(store, 'ann')
  t.equal(said(await one.ask('authorize', trade('10'), by)), 'key-reused')
  t.equal((await stream(store, 'ann')).length, before.length)
})

t.test('to decide on a refund is one operation: a key that approved one does not reject another', async (t) => {
  const { one } = await start(t)
  const refunds: { order: string; refund: string }[] = []
  for (const amount of ['10', '11']) {
    const order = String(eventOf(await one.ask('trade', trade(amount), { actor: ann }))?.leaf)
    const requested = eventOf(await one.ask('request-refund', { order, again: false }, { actor: ann }))
    if (requested?.type === 'RefundRequested') refunds.push({ order, refund: requested.data.refund })
  }
  const [first = { order: '', refund: '' }, second = first] = refunds
  const by = { actor: bob, key: 'k' }
  t.equal(said(await one.ask('approve-refund', first, by)), 'RefundApproved')
  t.equal(said(await one.ask('reject-refund', second, by)), 'key-reused')
  t.equal(
    said(await one.ask('withdraw-refund', second, { actor: ann, key: 'k' })),
    'RefundWithdrawn',
    'another subject',
  )
})

t.test('a recharge that opened the account is found by its key', async (t) => {
  const { store, one } = await start(t)
  const first = await one.ask('recharge', recharge('eve', '5'), { key: 'k' })
  const again = await one.ask('recharge', recharge('eve', '5'), { key: 'k' })
  t.match(again, { replayed: true, event: { type: 'Recharged', id: eventOf(first)?.id, leaf: eventOf(first)?.leaf } })
  t.equal((await stream(store, 'eve')).length, 2)
})

t.test('what a key creates has one id, however often it is decided', async (t) => {
  const { faults, before } = faulty()
  const { one } = await start(t, { before })
  const ids: string[] = []
  faults.push('disk-full')
  await ended(one.ask('trade', trade('1'), { actor: ann, key: 'k' }))
  faults.push('wrong-revision', 'unknown-lost')
  const outcome = await one.ask('trade', trade('1'), { actor: ann, key: 'k' })
  const event = eventOf(outcome)
  if (event?.type === 'Traded') ids.push(event.data.order)
  const elsewhere = new Process(createMemoryEventStore(), { around: one.around })
  t.teardown(() => elsewhere.kill())
  await elsewhere.ask('recharge', recharge('ann', '100.00'))
  await elsewhere.ask('open', { owner: 'bob' })
  const other = eventOf(await elsewhere.ask('trade', trade('1'), { actor: ann, key: 'k' }))
  if (other?.type === 'Traded') ids.push(other.data.order)
  t.equal(ids.length, 2)
  t.equal(new Set(ids).size, 1)
  t.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

t.test('one key on two processes at once is one event, answered by both', async (t) => {
  const { store, one } = await start(t)
  const two = new Process(store.sibling(), { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  const by = { actor: bob, key: 'k' }
  await one.ask('trade', trade('20'), { actor: ann })
  const outcomes = await Promise.all([one, two].map((process) => process.ask('trade', trade('5', 'bob', 'ann'), by)))
  t.equal(new Set(outcomes.map((outcome) => eventOf(outcome)?.id)).size, 1)
  t.equal(outcomes.filter((outcome) => outcome.kind === 'done' && outcome.replayed).length, 1)
  t.equal((await stream(store, 'bob')).length, 2)
})

t.test('a key whose first request waits for the append before it is found there', async (t) => {
  const { before, state, release } = held()
  const { store, one } = await start(t, { before })
  state.hold = true
  const asked = [
    one.ask('trade', trade('1'), { actor: ann }),
    one.ask('trade', trade('2'), { actor: ann, key: 'k' }),
    one.ask('trade', trade('2'), { actor: ann, key: 'k' }),
  ]
  for (let n = 0; n < 2; n += 1) await release()
  t.strictSame((await Promise.all(asked)).map(said), ['Traded', 'Traded', 'Traded again'])
  t.equal((await stream(store, 'ann')).length, 4)
})

t.test('a process that is late finds the key before it refuses, even what the request alone forbids now', async (t) => {
  const { store, one } = await start(t)
  const late = new Process(store.sibling(), { around: one.around, follow: false })
  await late.loop.catchUp()
  const by = { actor: ann, key: 'k' }
  const input = { ...trade('1'), expiresAt: '2026-03-01T12:30:00.000Z' }
  const first = await one.ask('authorize', input, by)
  one.around.now += 3_600_000
  t.equal(said(await one.ask('authorize', input, { actor: ann })), 'invalid_expiry')
  const again = await late.ask('authorize', input, by)
  t.match(again, { kind: 'done', replayed: true, event: { id: eventOf(first)?.id } })
})
