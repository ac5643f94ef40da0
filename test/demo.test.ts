import t from 'tap'
import { loadDemo } from '../src/demo.js'
import { createMemoryEventStore } from '../src/store/memory.js'
import { Process, Surroundings } from './support/loop.js'

t.test('two processes that start at once on an empty store load one demo', async (t) => {
  const store = createMemoryEventStore()
  const around = new Surroundings()
  const processes = [new Process(store, { around }), new Process(store, { around })]
  t.teardown(() => processes.map((one) => one.kill()))
  await Promise.all(processes.map(({ loop }) => loadDemo({ commands: loop, leaf: -1 })))
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

t.test('a ledger that is not empty is left as it is', async (t) => {
  const store = createMemoryEventStore()
  const one = new Process(store)
  t.teardown(() => one.kill())
  await loadDemo({ commands: one.loop, leaf: 0 })
  t.same(await store.readLog({ after: null, max: 1 }), [])
})
