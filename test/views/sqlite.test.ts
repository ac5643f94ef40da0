import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openSqliteViewReader, openSqliteViewStore } from '../../src/views/sqlite.js'
import { createTables, openSqliteBuild } from '../../src/views/sqlite-build.js'
import { viewStoreContract } from '../contract/view-store.js'

/** A store in a directory of its own, closed before that is removed. */
const setUp = (t: Test) => {
  const directory = mkdtempSync(join(tmpdir(), 'counterfoil-'))
  const path = join(directory, 'views.db')
  const store = openSqliteViewStore({ path })
  t.teardown(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })
  return { path, store }
}

viewStoreContract(t, async (t) => setUp(t).store)

const spec = { projection: 'p', version: 1, documents: 'd', rows: 'r', indexes: [] }
const document = (at: number, text = 'x') => ({ key: 'a', at, body: { text } })

t.test('a reader of its own sees what another connection made live, also when the old build is gone', async (t) => {
  const { path, store } = setUp(t)
  const reader = openSqliteViewReader(path)
  t.teardown(() => reader.close())
  const first = await store.createBuild(spec)
  const second = await store.createBuild(spec)
  await first.commit({ rows: [], documents: [document(1)] })
  await second.commit({ rows: [], documents: [document(2)] })
  await store.makeLive('p', first.name)
  t.equal((await reader.document('p', 'a'))?.at, 1)
  await store.makeLive('p', second.name)
  await store.dropBuild(spec, first.name)
  t.equal((await reader.document('p', 'a'))?.at, 2)
})

t.test('a document that cannot be read is an error, and no build that is gone', async (t) => {
  const { path, store } = setUp(t)
  const build = await store.createBuild(spec)
  await build.commit({ rows: [], documents: [document(1)] })
  await store.makeLive('p', build.name)
  t.equal((await store.reader.document('p', 'a'))?.at, 1)
  const other = new Database(path)
  other.exec(`UPDATE "d@${build.name}" SET body = '{'`)
  other.close()
  await t.rejects(store.reader.document('p', 'a'), SyntaxError)
})

t.test('a build that vanishes under a reader while nothing else is live is an error', async (t) => {
  const { path, store } = setUp(t)
  const build = await store.createBuild(spec)
  await store.makeLive('p', build.name)
  await store.reader.document('p', 'a')
  const other = new Database(path)
  other.exec(`DROP TABLE "d@${build.name}"`)
  await t.rejects(store.reader.document('p', 'a'), { code: 'SQLITE_ERROR' })
  await t.rejects(build.commit({ rows: [], documents: [document(2)] }), { code: 'SQLITE_ERROR' })
  other.close()
})

t.test('a full disk is told from other errors, and writing goes on when there is space', async (t) => {
  const database = new Database(join(t.testdir(), 'views.db'))
  t.teardown(() => database.close())
  database.exec('CREATE TABLE "_checkpoints" (projection, build, leaf, body, PRIMARY KEY (projection, build))')
  database.exec(`CREATE TABLE "_builds" AS SELECT 'p' AS projection, '1.1' AS build`)
  createTables(database, spec, '1.1')
  const build = openSqliteBuild(database, spec, '1.1', (work) => work())
  const big = { rows: [], documents: [document(1, 'x'.repeat(2_000_000))] }
  database.pragma('max_page_count = 40')
  await t.rejects(build.commit(big), { code: 'views_full' })
  t.same(await build.documents(['a']), [])
  database.pragma('max_page_count = 100000')
  await build.commit(big)
  t.equal((await build.documents(['a'])).length, 1)
})

t.test('a build that was dropped takes nothing more, and leaves nothing to the next of its number', async (t) => {
  const { store } = setUp(t)
  const build = await store.createBuild(spec)
  await store.dropBuild(spec, build.name)
  const checkpoint = { epoch: 'e', position: 1, id: 'i', leaf: 0, context: {} }
  await t.rejects(build.commit({ rows: [], documents: [], checkpoint }), { code: 'view_build_gone' })
  const next = await store.createBuild(spec)
  t.equal(next.name, build.name)
  t.equal(await next.checkpoint(), null)
})

t.test('a large batch leaves the thread to others, and is seen whole or not at all', async (t) => {
  const { store } = setUp(t)
  const build = await store.createBuild(spec)
  await store.makeLive('p', build.name)
  const rows = Array.from({ length: 1_000 }, (_, leaf) => ({ key: 'a', leaf, at: leaf, body: {} }))
  const writing = build.commit({ rows, documents: [document(999)] })
  const after = build.commit({ rows: [], documents: [document(1_000)] })
  let turns = 0
  const seen: unknown[] = []
  for (let done = false; !done; turns += 1) {
    done = await Promise.race([writing.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))])
    if (!done) seen.push((await store.reader.rows('p', { key: 'a', direction: 'forwards', max: 1 })).length)
  }
  t.ok(turns > 3)
  t.equal(seen[0], 0)
  await after
  t.equal((await store.reader.rows('p', { key: 'a', direction: 'backwards', max: 2_000 })).length, 1_000)
  t.equal((await store.reader.document('p', 'a'))?.at, 1_000)
})

t.test('declared indexes are made at the end', async (t) => {
  const { path, store } = setUp(t)
  const build = await store.createBuild({ ...spec, indexes: [{ name: 'kind', fields: ['kind', 'side'] }] })
  const other = new Database(path, { readonly: true })
  t.teardown(() => other.close())
  const names = () =>
    other.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").pluck().all()
  t.same(names(), [])
  await build.finish()
  t.same(names(), ['r-by-key@1.1', 'r-by-kind@1.1'])
})
