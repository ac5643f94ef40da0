import t from 'tap'
import { alone, BEAT, createLease, TERM } from '../../src/follower/lease.js'
import { createMemoryViewStore } from '../../src/views/memory.js'

const two = () => {
  const clock = { ann: 0, bob: 1_000_000 }
  const views = createMemoryViewStore()
  const of = (holder: 'ann' | 'bob') => createLease({ views, name: 'ledger@1', holder, now: () => clock[holder] })
  return { views, clock, ann: of('ann'), bob: of('bob') }
}

t.test('who comes first holds it as long as it gives signs of life', async (t) => {
  const { clock, ann, bob } = two()
  t.equal(ann.held, false)
  for (let i = 0; i < 20; i++) {
    await ann.beat()
    await bob.beat()
    t.same([ann.held, bob.held], [true, false])
    clock.bob += TERM - 1
  }
})

t.test('one that gives none is relieved after the term, by the clock of who waits', async (t) => {
  const { clock, ann, bob } = two()
  await ann.beat()
  await bob.beat()
  clock.bob += TERM - 1
  await bob.beat()
  t.equal(bob.held, false)
  clock.ann += 10 * TERM
  clock.bob += 1
  await bob.beat()
  t.same([ann.held, bob.held], [true, true], 'who was relieved does not know it yet')
  await ann.beat()
  t.same([ann.held, bob.held], [false, true])
})

t.test('given back it is free at once', async (t) => {
  const { ann, bob } = two()
  await ann.release()
  await ann.beat()
  await ann.release()
  t.equal(ann.held, false)
  await bob.beat()
  t.equal(bob.held, true)
})

t.test('what another one took meanwhile is not given back', async (t) => {
  const { views, ann, bob } = two()
  await ann.beat()
  await bob.seize()
  await bob.seize()
  await ann.release()
  t.match(await views.lease('ledger@1'), { holder: 'bob' })
  await ann.beat()
  t.same([ann.held, bob.held], [false, true])
  await Promise.all([ann.seize(), bob.beat()])
  t.same([ann.held, bob.held], [true, false])
})

t.test(
  'a store that does not answer leaves it as it was, and the next sign of life is given all the same',
  async (t) => {
    const views = createMemoryViewStore()
    let away = false
    const lease = (name: string) => (away ? Promise.reject(new Error('away')) : views.lease(name))
    const ann = createLease({ views: { ...views, lease }, name: 'ledger@1', holder: 'ann', now: () => 0 })
    await ann.beat()
    away = true
    await t.rejects(ann.beat(), { message: 'away' })
    t.equal(ann.held, true)
    away = false
    await ann.beat()
    t.match(await views.lease('ledger@1'), { holder: 'ann', beat: 2 })
  },
)

t.test('while the store does not answer, or late, nobody is taken for gone', async (t) => {
  const views = createMemoryViewStore()
  let clock = 0
  let answer: (name: string) => ReturnType<typeof views.lease> = views.lease
  const lease = (name: string) => answer(name)
  await createLease({ views, name: 'ledger@1', holder: 'ann', now: () => clock }).beat()
  const bob = createLease({ views: { ...views, lease }, name: 'ledger@1', holder: 'bob', now: () => clock })
  await bob.beat()
  answer = () => Promise.reject(new Error('away'))
  for (const passed of [TERM, BEAT]) {
    clock += passed
    await t.rejects(bob.beat())
  }
  answer = async (name) => {
    clock += TERM
    return views.lease(name)
  }
  await bob.beat()
  answer = views.lease
  clock += TERM - 1
  await bob.beat()
  t.equal(bob.held, false)
  clock += 1
  await bob.beat()
  t.equal(bob.held, true)
})

t.test('where a lock keeps others out nothing is asked', async (t) => {
  for (const act of [alone.beat, alone.seize, alone.release]) t.equal(await act(), undefined)
  t.equal(alone.held, true)
})
