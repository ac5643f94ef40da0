import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { createViewDatabase, type ViewDatabase } from '../../src/views/mongodb/database.js'
import type { Stored } from '../../src/views/mongodb/records.js'
import { createMongoViewStore, openMongoViewReader, openMongoViewStore } from '../../src/views/mongodb.js'
import { runs, seed, viewStoreContract } from '../contract/view-store.js'
import { fc } from '../support/fast-check.js'
import { mongoDatabases } from '../support/mongodb.js'

const database = await mongoDatabases(t)

const open = async (t: Test) => {
  const connection = database(t)
  const store = await openMongoViewStore({ connection })
  t.teardown(() => store.close())
  return { connection, store }
}

viewStoreContract(t, async (t) => (await open(t)).store)

const spec = { projection: 'p', version: 1, documents: 'd', rows: 'r', indexes: [] }
const document = (at: number, key = 'a') => ({ key, at, body: { at } })
const checkpoint = (leaf: number) => ({ epoch: 'e', position: leaf, id: `id-${leaf}`, leaf, context: {} })

/** Another client on the same database, in which something happens before each step. */
const meddling = (
  t: Test,
  connection: string,
  before: (step: keyof ViewDatabase, name: string) => Promise<unknown>,
) => {
  const client = new MongoClient(connection)
  t.teardown(() => client.close())
  const plain = createViewDatabase({ db: client.db(), run: (work) => work(), close: () => client.close() })
  const meddled: ViewDatabase = {
    ...plain,
    find: async (name, filter, page) => {
      await before('find', name)
      return plain.find(name, filter, page)
    },
    replace: async (name, filter, record) => {
      await before('replace', name)
      return plain.replace(name, filter, record)
    },
  }
  return { plain, meddled }
}

t.test(
  'a reader of its own sees what another process made live, also when the old build goes while it reads',
  async (t) => {
    const { connection, store } = await open(t)
    const first = await store.createBuild(spec)
    const second = await store.createBuild(spec)
    for (const [index, build] of [first, second].entries())
      await build.commit({ rows: [], documents: [document(index + 1)], checkpoint: checkpoint(index + 1) })
    await store.makeLive('p', first.name)
    const reader = await openMongoViewReader({ connection })
    t.teardown(() => reader.close())
    t.equal((await reader.document('p', 'a'))?.at, 1)
    await store.makeLive('q', (await store.createBuild({ ...spec, projection: 'q' })).name)
    t.equal(await reader.checkpoint('q'), null)
    let armed = false
    const { meddled } = meddling(t, connection, async (_, name) => {
      if (!armed || name !== `d@${first.name}`) return
      armed = false
      // Longer than the pointer takes, which is read beside it.
      await new Promise((resolve) => setTimeout(resolve, 100))
      await store.makeLive('p', second.name)
      await store.dropBuild(spec, first.name)
    })
    const slow = createMongoViewStore(meddled).reader
    t.equal((await slow.document('p', 'a'))?.at, 1)
    armed = true
    t.equal((await slow.document('p', 'a'))?.at, 2, 'what it found dropped, it looked for again')
    t.equal((await reader.document('p', 'a'))?.at, 2)
    t.same(await reader.checkpoint('p'), checkpoint(2))
  },
)

t.test('a projector whose build was dropped is told, and leaves nothing behind', async (t) => {
  const { connection, store } = await open(t)
  const build = await store.createBuild(spec)
  await build.commit({ rows: [], documents: [document(1)], checkpoint: checkpoint(1) })
  await store.dropBuild(spec, build.name)
  const late = { rows: [{ key: 'a', leaf: 2, at: 2, body: {} }], documents: [document(2)], checkpoint: checkpoint(2) }
  await t.rejects(build.commit(late), { code: 'view_build_gone' })
  await t.rejects(build.checkpoint(), { code: 'view_build_gone' })
  await t.rejects(store.makeLive('p', build.name), { code: 'view_build_gone' })
  t.equal((await store.createBuild(spec)).name, '1.2', 'its number is not given again')
  const client = new MongoClient(connection)
  t.teardown(() => client.close())
  t.same((await client.db().listCollections().toArray()).map(({ name }) => name).sort(), ['_checkpoints', '_directory'])
})

t.test('several processes make builds at once, each its own', async (t) => {
  const { store } = await open(t)
  const made = await Promise.all(Array.from({ length: 12 }, () => store.createBuild(spec)))
  const names = Array.from({ length: 12 }, (_, index) => `1.${index + 1}`)
  t.same(made.map(({ name }) => name).sort(), names.toSorted())
  t.same(await store.builds('p'), names)
})

t.test('a build that another process makes live is not dropped', async (t) => {
  const { connection, store } = await open(t)
  const build = await store.createBuild(spec)
  let armed = true
  const { meddled } = meddling(t, connection, async (step) => {
    if (step !== 'replace' || !armed) return
    armed = false
    await store.makeLive('p', build.name)
  })
  await t.rejects(createMongoViewStore(meddled).dropBuild(spec, build.name), { code: 'build_is_live' })
  t.equal(await store.liveBuild('p'), build.name)
})

t.test('a build that is being dropped is not made live, and dropped again where that was cut off', async (t) => {
  const { connection, store } = await open(t)
  const [kept, build] = [await store.createBuild(spec), await store.createBuild(spec)]
  await store.makeLive('p', kept.name)
  let steps = 0
  const { meddled } = meddling(t, connection, async (step) => {
    steps += 1
    if (step !== 'find' || steps === 1) return
    await t.rejects(store.makeLive('p', build.name), { code: 'view_build_gone' })
    throw new Error('cut off here')
  })
  await t.rejects(createMongoViewStore(meddled).dropBuild(spec, build.name), /cut off/)
  t.equal(steps, 3)
  t.same(await store.builds('p'), ['1.1', '1.2'])
  await store.dropBuild(spec, build.name)
  t.same(await store.builds('p'), ['1.1'])
  t.equal(await store.liveBuild('p'), '1.1')
})

t.test('declared indexes are made at the end, and one for the rows of a key', async (t) => {
  const { connection, store } = await open(t)
  const build = await store.createBuild({ ...spec, indexes: [{ name: 'kind', fields: ['kind', 'side'] }] })
  await build.commit({ rows: [{ key: 'a', leaf: 1, at: 1, body: { kind: 'trade' } }], documents: [] })
  await build.finish()
  const client = new MongoClient(connection)
  t.teardown(() => client.close())
  t.same(
    (await client.db().collection(`r@${build.name}`).indexes()).map(({ name, key }) => [name, key]),
    [
      ['_id_', { _id: 1 }],
      ['by-key', { key: 1, leaf: 1 }],
      ['by-kind', { key: 1, 'body.kind': 1, 'body.side': 1, leaf: 1 }],
    ],
  )
})

t.test('what a double cannot hold, and what is no text or number, never gets to the server', async (t) => {
  const { store } = await open(t)
  const build = await store.createBuild(spec)
  await store.makeLive('p', build.name)
  for (const wrong of [2 ** 53, 0.5, Number.NaN]) {
    await t.rejects(build.commit({ rows: [], documents: [document(wrong)] }), TypeError)
    await t.rejects(build.commit({ rows: [{ key: 'a', leaf: wrong, at: 1, body: {} }], documents: [] }), TypeError)
    await t.rejects(build.commit({ rows: [], documents: [], checkpoint: checkpoint(wrong) }), TypeError)
  }
  const operator = JSON.parse('{"$gt":""}')
  await t.rejects(store.reader.document('p', operator), TypeError)
  await t.rejects(async () => store.reader.row('p', { key: 'a', leaf: operator }), TypeError)
  await t.rejects(async () => store.reader.rows('p', { key: operator, direction: 'forwards', max: 1 }), TypeError)
  await t.rejects(
    async () => store.reader.rows('p', { key: 'a', from: operator, direction: 'forwards', max: 1 }),
    TypeError,
  )
})

t.test('what lies in a view and is not ours stops whoever reads it', async (t) => {
  const { connection, store } = await open(t)
  const build = await store.createBuild(spec)
  const client = new MongoClient(connection)
  t.teardown(() => client.close())
  const put = (view: string, record: object) => client.db().collection(`${view}@${build.name}`).insertOne(record)
  await put('d', { at: 1, body: {} })
  await t.rejects(build.allDocuments()[Symbol.asyncIterator]().next(), TypeError)
  await put('d', { ...{ _id: 'a' }, at: 1 })
  await t.rejects(build.documents(['a']), TypeError)
  await put('r', { ...{ _id: '1' }, at: 1, body: {} })
  await t.rejects(build.allRows()[Symbol.asyncIterator]().next(), TypeError)
})

/** Does an upsert as a server does, in two steps, and lets another projector's insert land between them. */
const racing = (plain: ViewDatabase, between: (name: string, id: string) => Promise<unknown>): ViewDatabase => ({
  ...plain,
  write: async (name, writes) => {
    const refused: number[] = []
    for (const [index, write] of writes.entries()) {
      if (!('replaceOne' in write) || write.replaceOne.upsert !== true) {
        if ((await plain.write(name, [write])).length > 0) refused.push(index)
        continue
      }
      const { filter, replacement } = write.replaceOne
      const { _id, at, body } = replacement as Stored
      if (await plain.replace(name, filter, { _id, at, body })) continue
      await between(name, _id)
      const inserted = await plain.write(name, [{ insertOne: { document: { _id, at, body } } }])
      if (inserted.length > 0) refused.push(index)
    }
    return refused
  },
})

t.test(
  'another projector inserts between the match and the insert: the higher number wins, in whatever order',
  async (t) => {
    const { connection, store } = await open(t)
    const { name } = await store.createBuild(spec)
    const other = await store.openBuild(spec, name)
    const pending: number[] = []
    let landed: number[] = []
    let raced = 0
    const { plain } = meddling(t, connection, async () => undefined)
    const database = racing(plain, async (_, id) => {
      const at = pending.pop()
      if (at === undefined) return
      raced += 1
      await other.commit({ rows: [], documents: [document(at, id)] })
    })
    const build = await createMongoViewStore(database).openBuild(spec, name)
    let keys = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(9)),
        async (mine, others) => {
          keys += 1
          const key = `k${keys}`
          pending.splice(0, pending.length, ...others)
          landed = []
          for (const at of mine) await build.commit({ rows: [], documents: [document(at, key)] })
          const [found] = await build.documents([key])
          // One at least lands: the first write finds nothing.
          return (found?.at ?? -1) >= Math.max(...mine, ...landed) && found?.body.at === found?.at
        },
      ),
      { seed, numRuns: runs * 5 },
    )
    t.ok(raced > runs)
    t.comment(`${raced} inserts in between, ${keys} keys, seed ${seed}`)
  },
)
