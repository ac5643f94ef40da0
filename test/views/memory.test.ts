import t from 'tap'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { viewStoreContract } from '../contract/view-store.js'

viewStoreContract(t, async (t) => {
  const store = createMemoryViewStore()
  t.teardown(async () => {
    await store.reader.close()
    await store.close()
  })
  return store
})

t.test('a fault cuts a batch off where it was ordered, once', async (t) => {
  const store = createMemoryViewStore()
  const spec = { projection: 'p', version: 1, documents: 'd', rows: 'r', indexes: [] }
  const build = await store.createBuild(spec)
  const batch = {
    rows: [{ key: 'a', leaf: 1, at: 1, body: {} }],
    documents: [{ key: 'a', at: 1, body: {} }],
    checkpoint: { epoch: 'e', position: 1, id: 'i', leaf: 1, context: {} },
  }
  store.failAfter(2)
  await t.rejects(build.commit(batch), { code: 'write_cut_off' })
  t.equal((await build.documents(['a'])).length, 1)
  t.equal(await build.checkpoint(), null)
  await build.commit(batch)
  t.same(await build.checkpoint(), batch.checkpoint)
  await t.rejects(store.openBuild(spec, '9.9'), /no build/)
})
