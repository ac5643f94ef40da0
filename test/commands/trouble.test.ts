import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import {
  AppendTooLarge,
  ClockRefused,
  OutcomeUnknown,
  StoreClosed,
  StoreStopped,
  WrongExpectedRevision,
} from '../../src/store/errors.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { ended, Process, Surroundings, settle } from '../support/loop.js'
import { altered, ann, faulty, held, log, recharge, start, stream, trade } from '../support/trouble.js'

t.test('an unknown outcome is asked again with the identical batch until it is known', async (t) => {
  const { faults, before } = faulty()
  const { one, store } = await start(t, { before })
  for (const [n, list] of [
    ['unknown-lost', 'unknown-lost'],
    ['unknown-stored', 'unknown-lost', 'unknown-stored'],
    ['twice'],
    ['unknown-lost', 'disk-full'],
  ].entries()) {
    faults.push(...(list as Fault[]))
    const asked = ['1', '2'].map((amount) =>
      ended(one.ask('trade', trade(amount), { actor: ann, key: `${n}${amount}` })),
    )
    const [first, second] = await Promise.all(asked)
    t.equal(first, list.includes('disk-full') ? 'unavailable: disk_full' : 'Traded', String(list))
    t.equal(second, 'Traded')
  }
  t.equal((await stream(store, 'ann')).length, 2 + 7)
})

t.test('while a stream is in doubt its commands wait, few of them', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const { one, store } = await start(t, { limits: { deadline: 400, pending: 5000 } })
  let lost = true
  const append = () => Promise.reject(new OutcomeUnknown('no answer'))
  const losing = altered(store.sibling(), () => (lost ? { append } : {}))
  const two = new Process(losing, { around: one.around, limits: { deadline: 400, pending: 5000 } })
  t.teardown(() => two.kill())
  await settle()
  const first = ended(two.ask('trade', trade('1'), { actor: ann }))
  await settle()
  const waiting = Array.from({ length: 2000 }, () => ended(two.ask('trade', trade('1'), { actor: ann })))
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: outcome_unknown', 'too many')
  t.equal(await first, 'unavailable: outcome_unknown')
  t.strictSame(new Set(await Promise.all(waiting)), new Set(['unavailable: outcome_unknown']))
  lost = false
  await settle()
  t.equal(
    await ended(two.ask('trade', trade('100'), { actor: ann })),
    'insufficient_funds',
    'the one in doubt was stored',
  )
  t.equal(await ended(two.ask('trade', trade('99'), { actor: ann })), 'Traded')
})

t.test('a command that was answered is never decided again', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const { before, state, release } = held()
  const { one, store } = await start(t, { before, limits: { deadline: 300 } })
  state.hold = true
  const asked = ['1', '2', '3'].map((amount) => ended(one.ask('trade', trade(amount), { actor: ann })))
  await settle()
  t.strictSame(new Set(await Promise.all(asked)), new Set(['unavailable: outcome_unknown']))
  await release('disk-full')
  state.hold = false
  await settle()
  t.equal((await stream(store, 'ann')).length, 2)
  t.equal(await ended(one.ask('trade', trade('100'), { actor: ann })), 'Traded')
})

t.test('an answer from the log settles what the store has not answered yet', async (t) => {
  const { one, store } = await start(t)
  const target = store.sibling()
  const append: EventStore['append'] = async (...args) => {
    await target.append(...args)
    await new Promise((resolve) => setTimeout(resolve, 100))
    throw new OutcomeUnknown('late')
  }
  const silent = altered(target, () => ({ append }))
  const two = new Process(silent, { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  const before = performance.now()
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'Traded')
  t.ok(performance.now() - before < 90)
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'Traded')
  await new Promise((resolve) => setTimeout(resolve, 250))
  t.equal((await stream(store, 'ann')).length, 4)
})

t.test('a store that stops leaves what is under way unknown, and takes nothing more', async (t) => {
  const { one, store } = await start(t)
  let stopped = false
  const append = async () => {
    if (stopped) throw new StoreStopped('for good')
    stopped = true
    throw new OutcomeUnknown('the disk failed')
  }
  const failing = altered(store.sibling(), () => ({ append }))
  const two = new Process(failing, { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  const asked = ['1', '2'].map((amount) => ended(two.ask('trade', trade(amount), { actor: ann })))
  t.strictSame(await Promise.all(asked), ['unavailable: outcome_unknown', 'unavailable: store_stopped'])
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: store_stopped')
})

t.test('a store that is closed says that the server is closing', async (t) => {
  const { one, store } = await start(t)
  await store.close()
  await one.following.catch(() => undefined)
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: not_ready')
})

t.test('an event that cannot be decoded stops everything, and nobody waits for ever', async (t) => {
  const { before, state, release } = held()
  const { one, store } = await start(t, { before })
  state.hold = true
  const flying = ended(one.ask('trade', trade('1'), { actor: ann }))
  const behind = ended(one.ask('trade', trade('1000'), { actor: ann }))
  await settle()
  const [first] = await log(store)
  const strange = { id: '00000000-0000-8000-8000-ffffffffffff', type: 'Strange.v9', data: '{}', metadata: '{}' }
  t.ok(first)
  await store.sibling().append('account-eve', -1, [strange])
  await settle()
  await release()
  t.equal(await flying, 'unavailable: outcome_unknown')
  t.equal(await behind, 'unavailable: not_ready')
  t.match(one.loop.stopped, { code: 'undecodable' })
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: not_ready')
  await t.rejects(one.loop.catchUp(), { code: 'undecodable' })
  await one.loop.close()
  await t.rejects(one.following, { code: 'undecodable' })
})

t.test('a log that cannot be read is not ready', async (t) => {
  const { one, store } = await start(t)
  let broken = false
  const unplugged = () => Promise.reject(new Error('unplugged'))
  const unreadable = altered(store.sibling(), () => (broken ? { readLog: unplugged, readStream: unplugged } : {}))
  const two = new Process(unreadable, { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded')
  broken = true
  t.equal(await ended(two.ask('trade', trade('1000'), { actor: ann })), 'unavailable: not_ready')
  t.equal(await ended(two.ask('void', { order: '77' }, { actor: ann })), 'unavailable: not_ready')
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'unavailable: not_ready')
})

t.test('who cannot catch up after a lost race is told so', async (t) => {
  const { one, store } = await start(t)
  let broken = false
  const append = () => {
    broken = true
    return Promise.reject(new WrongExpectedRevision('account-ann', 1, 2))
  }
  const readLog = () => Promise.reject(new Error('unplugged'))
  const unreadable = altered(store.sibling(), () => (broken ? { append, readLog } : { append }))
  const two = new Process(unreadable, { around: one.around })
  t.teardown(() => two.kill())
  await settle()
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: not_ready')
})

t.test('an error of the file of the write model reaches the one who asked, and nobody else waits', async (t) => {
  const around = new Surroundings()
  const store = createMemoryEventStore()
  const one = new Process(store, { around })
  await one.ask('recharge', recharge('ann', '100.00'))
  await one.ask('freeze', { account: 'ann', reason: 'r' }, { key: 'k' })
  await one.ask('unfreeze', { account: 'ann', reason: 'r' })
  const file = readBookFile(one.database)
  let broken = false
  const two = new Process(store.sibling(), {
    around,
    loop: {
      file: {
        ...file,
        order: () => {
          throw new Error('a bad page')
        },
        keys: (hash) => {
          if (broken) throw new Error('a bad page')
          return file.keys(hash)
        },
      },
    },
  })
  t.teardown(() => {
    one.kill()
    two.kill()
  })
  await settle()
  t.equal(await ended(two.ask('void', { order: '77' })), 'Error: a bad page')
  broken = true
  t.equal(await ended(two.ask('freeze', { account: 'ann', reason: 'r' }, { key: 'k' })), 'Error: a bad page')
  t.equal(await ended(two.ask('freeze', { account: 'ann', reason: 'r' })), 'AccountFrozen')
  await two.loop.close()
})

t.test('a wrong clock, and a store that closes over a doubt, are said as they are', async (t) => {
  const { one, store } = await start(t)
  const errors = [new ClockRefused('60 s ahead'), new OutcomeUnknown('no answer'), new StoreClosed('closed')]
  const append = async () => Promise.reject(errors.shift())
  const two = new Process(
    altered(store.sibling(), () => ({ append })),
    { around: one.around },
  )
  t.teardown(() => two.kill())
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: clock')
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: outcome_unknown')
})

t.test('what the store refuses for good is said to those alone who were to be written', async (t) => {
  const { one, store } = await start(t)
  const errors = [new StoreClosed('closed'), new AppendTooLarge('too large'), 'thrown']
  const target = store.sibling()
  const append: EventStore['append'] = async (...args) => {
    const error = errors.shift()
    if (error !== undefined) throw error
    return await target.append(...args)
  }
  const two = new Process(
    altered(target, () => ({ append })),
    { around: one.around },
  )
  t.teardown(() => two.kill())
  await settle()
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: shutting_down')
  t.equal(await ended(two.ask('trade', trade('1'), { actor: ann })), 'unavailable: append_too_large')
  const asked = ['1', '2'].map((amount) => ended(two.ask('trade', trade(amount), { actor: ann })))
  t.strictSame(await Promise.all(asked), ['thrown', 'Traded'])
})

t.test('a first result that the store does not have is an error, not a second effect', async (t) => {
  const { one, store } = await start(t)
  const held = await one.ask('authorize', trade('5'), { actor: ann })
  const order = held.kind === 'done' ? String(held.event.leaf) : ''
  await one.ask('void', { order }, { actor: ann })
  const readStream = async () => []
  const two = new Process(
    altered(store.sibling(), () => ({ readStream })),
    { around: one.around },
  )
  t.teardown(() => two.kill())
  await settle()
  t.match(await ended(two.ask('void', { order }, { actor: ann })), /has no revision 3/)
})

t.test('a full disk refuses those who were to be written; when there is room it goes on', async (t) => {
  const { faults, before } = faulty()
  const { one } = await start(t, { before })
  faults.push('disk-full')
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'unavailable: disk_full')
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann, key: 'k' })), 'Traded')
})
