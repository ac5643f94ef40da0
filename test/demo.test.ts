import t from 'tap'
import { loadDemo } from '../src/demo.js'
import { createMemoryEventStore } from '../src/store/memory.js'
import { Process, Surroundings } from './support/loop.js'

t.test('two processes that start at once on an empty store load one demo', async (t) => {
  const store = createMemoryEventStore()
  const around = new Surroundings()
  const processes = [new Process(store, { around }), new Process(store, { around })]
  t.teardown(() => processes.map((one) => one.kill()))
  const loaded = await Promise.all(processes.map(({ loop }) => loadDemo({ commands: loop, log: store, leaf: -1 })))
  t.strictSame(loaded, [true, true])
  const types = (await store.readLog({ after: null, max: 100 })).map(({ stream, type }) => `${stream} ${type}`)
  t.same(types.sort(), [
    'account-alice AccountOpened.v1',
    'account-alice Recharged.v1',
    'account-alice Traded.v1',
    'account-alice Traded.v1',
    'account-bookshop AccountOpened.v1',
    'account-bookshop RefundRequested.v1',
    ...Array(1).fill('catalogue AddonPublished.v1'),
    ...Array(9).fill('catalogue PlanPublished.v1'),
    ...Array(1).fill('catalogue PromocodePublished.v1'),
    ...Array(3).fill('catalogue RegionPublished.v1'),
    ...Array(2).fill('catalogue RepoItemPublished.v1'),
    ...Array(2).fill('catalogue RepoPublished.v1'),
    ...Array(1).fill('catalogue ServicePublished.v1'),
  ])
})

t.test('a ledger that holds something else is left as it is, and is not taken for the demo', async (t) => {
  const store = createMemoryEventStore()
  const one = new Process(store)
  t.teardown(() => one.kill())
  t.equal(await loadDemo({ commands: one.loop, log: store, leaf: 0 }), false)
  t.same(await store.readLog({ after: null, max: 1 }), [])
})

t.test('the demo of an earlier start is known again, and nothing is added', async (t) => {
  const store = createMemoryEventStore()
  const one = new Process(store)
  t.teardown(() => one.kill())
  await loadDemo({ commands: one.loop, log: store, leaf: -1 })
  const { length } = await store.readLog({ after: null, max: 100 })
  t.equal(await loadDemo({ commands: one.loop, log: store, leaf: length - 1 }), true)
  t.equal((await store.readLog({ after: null, max: 100 })).length, length)
})

t.test('a bookshop that somebody else has opened is not the demo', async (t) => {
  const store = createMemoryEventStore()
  const one = new Process(store)
  t.teardown(() => one.kill())
  t.equal((await one.ask('open', { owner: 'bookshop' })).kind, 'done')
  t.equal((await one.ask('freeze', { account: 'bookshop', reason: 'closed for today' })).kind, 'done')
  t.equal(await loadDemo({ commands: one.loop, log: store, leaf: 1 }), false)
})
