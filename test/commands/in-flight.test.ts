import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { ended, Process, Surroundings, said, settle } from '../support/loop.js'
import { altered, ann, bob, faulty, held, recharge, start, stream, trade } from '../support/trouble.js'

t.test('a second command behind the first sees its effect, and both wait for the commit', async (t) => {
  const { before, state, release } = held()
  const { one, store } = await start(t, { before })
  state.hold = true
  const first = one.ask('trade', trade('60'), { actor: ann })
  const second = ended(one.ask('trade', trade('60'), { actor: ann }))
  const third = one.ask('trade', trade('40'), { actor: ann })
  let answers = 0
  for (const reply of [first, second, third]) reply.then(() => answers++)
  await settle()
  t.equal(answers, 0)
  await release()
  t.equal(answers, 1, 'the third rests on the second batch, the refusal too')
  await release()
  t.match(await first, { kind: 'done', replayed: false, standing: { actual: 4000n } })
  t.equal(await second, 'insufficient_funds')
  t.match(await third, { kind: 'done', standing: { actual: 0n, held: 0n, creditLimit: 0n, currency: 'EUR' } })
  t.strictSame(await stream(store, 'ann'), ['AccountOpened.v1', 'Recharged.v1', 'Traded.v1', 'Traded.v1'])
})

t.test('what was decided on an append that is refused is decided again, in order', async (t) => {
  const { before, state, release } = held()
  const { one, store } = await start(t, { before })
  state.hold = true
  const asked = [
    ended(one.ask('trade', trade('60'), { actor: ann, key: 'a' })),
    ended(one.ask('trade', trade('60'), { actor: ann })),
    ended(one.ask('trade', trade('60'), { actor: ann, key: 'a' })),
    ended(one.ask('trade', trade('61'), { actor: ann, key: 'a' })),
    ended(one.ask('trade', trade('30'), { actor: ann })),
  ]
  await settle()
  await release('disk-full')
  state.hold = false
  for (let n = 0; n < 3; n += 1) await release()
  t.strictSame(await Promise.all(asked), [
    'unavailable: disk_full',
    'Traded',
    'insufficient_funds',
    'insufficient_funds',
    'Traded',
  ])
  t.equal((await stream(store, 'ann')).length, 4)
})

t.test('a refusal is answered after a catch-up: money that came from elsewhere counts', async (t) => {
  const { store, one } = await start(t, { follow: true })
  const other = new Process(store.sibling(), { around: one.around })
  t.teardown(() => other.kill())
  const late = new Process(store.sibling(), { around: one.around, follow: false })
  await late.loop.catchUp()
  await one.ask('trade', trade('70', 'ann', 'bob'), { actor: ann })
  t.equal(said(await other.ask('trade', trade('50', 'bob', 'ann'), { actor: bob })), 'Traded')
  const asked = late.ask('trade', trade('80', 'ann', 'bob'), { actor: ann })
  await settle()
  await late.loop.catchUp()
  t.equal(said(await asked), 'Traded')
})

t.test('a hundred refusals at once share their catch-ups', async (t) => {
  const { store, one } = await start(t)
  let reads = 0
  const target = store.sibling()
  const readLog: EventStore['readLog'] = (options) => {
    reads += 1
    return target.readLog(options)
  }
  const counting = altered(target, () => ({ readLog }))
  const other = new Process(counting, { around: one.around })
  t.teardown(() => other.kill())
  await settle()
  const asked = Array.from({ length: 100 }, () => ended(other.ask('trade', trade('101'), { actor: ann })))
  t.strictSame(new Set(await Promise.all(asked)), new Set(['insufficient_funds']))
  t.equal(reads, 2)
})

t.test('two processes at one account: the revision decides', async (t) => {
  const { store, one } = await start(t)
  const two = new Process(store.sibling(), { around: one.around })
  t.teardown(() => two.kill())
  const asked = Array.from({ length: 40 }, (_, n) =>
    ended((n % 2 ? one : two).ask('trade', trade('4'), { actor: ann })),
  )
  const results = await Promise.all(asked)
  t.equal(results.filter((result) => result === 'Traded').length, 25)
  t.equal(results.filter((result) => result === 'insufficient_funds').length, 15)
})

t.test('ten lost races are enough', async (t) => {
  const { faults, before } = faulty()
  const { one } = await start(t, { before })
  faults.push(...Array<Fault>(9).fill('wrong-revision'))
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'Traded')
  faults.push(...Array<Fault>(10).fill('wrong-revision'))
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: conflicts')
  t.equal(faults.length, 0)
})

t.test('who loses a race against the same key finds it', async (t) => {
  const { before, state, release } = held()
  const { one, store } = await start(t, { before })
  const two = new Process(store.sibling(), { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  state.hold = true
  const same = one.ask('trade', trade('1'), { actor: ann, key: 'k' })
  const lost = ended(one.ask('trade', trade('2'), { actor: ann, key: 'l' }))
  await settle()
  const won = await two.ask('trade', trade('1'), { actor: ann, key: 'k' })
  t.equal(await ended(two.ask('trade', trade('3'), { actor: ann, key: 'l' })), 'Traded')
  state.hold = false
  await release()
  const replay = await same
  t.match(replay, { kind: 'done', replayed: true })
  t.match(replay, { event: won.kind === 'done' && { id: won.event.id, leaf: won.event.leaf } })
  t.equal(await lost, 'key-reused')
  t.equal((await stream(store, 'ann')).length, 4)
})

t.test('keys whose hashes are alike are told apart by their events', async (t) => {
  const around = new Surroundings()
  const store = createMemoryEventStore()
  const one = new Process(store, { around })
  await one.ask('recharge', recharge('ann', '100.00'))
  await one.ask('open', { owner: 'bob' })
  const file = readBookFile(one.database)
  const strangers = [
    { revision: 0, leaf: 0 },
    { revision: 1, leaf: 1 },
    { revision: 900, leaf: 900 },
  ]
  const two = new Process(store.sibling(), {
    around,
    loop: {
      file: {
        ...file,
        keys: (hash) => [...strangers, ...file.keys(hash)],
        // It never comes to the end, so the file is always asked.
        hashes: (from, max) => Array<bigint>(max).fill(from),
      },
    },
  })
  t.teardown(() => {
    one.kill()
    two.kill()
  })
  await settle()
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded')
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded again')
  t.equal(await ended(two.ask('trade', trade('2'), { actor: ann, key: 'k' })), 'key-reused')
  t.equal(await ended(two.ask('void', { order: '00000000-0000-8000-8000-000000000000' })), 'order_not_found')
})

t.test('an account that is opened in flight pays with what came in flight', async (t) => {
  const { before, state, release } = held()
  const { one, store } = await start(t, { before })
  state.hold = true
  const asked = [one.ask('recharge', recharge('eve', '5')), one.ask('trade', trade('5', 'eve', 'bob'))]
  for (let n = 0; n < 2; n += 1) await release()
  t.strictSame((await Promise.all(asked)).map(said), ['Recharged', 'Traded'])
  t.strictSame(await stream(store, 'eve'), ['AccountOpened.v1', 'Recharged.v1', 'Traded.v1'])
})
