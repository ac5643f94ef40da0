import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { machineBootId, openDisposable } from '../../src/sqlite/disposable.js'

const setUp = (t: Test, bootId = 'boot-1') => {
  const directory = t.testdir()
  const path = join(directory, 'views.db')
  return {
    path,
    mark: join(directory, 'views.clean'),
    open: (over: { bootId?: string; layout?: string } = {}) => openDisposable({ path, layout: 'l1', bootId, ...over }),
  }
}

const put = (database: Database.Database) =>
  database.exec('CREATE TABLE IF NOT EXISTS kept (x); INSERT INTO kept VALUES (1)')
const kept = (database: Database.Database) => database.prepare('SELECT count(*) FROM kept').pluck().get()

t.test('after a clean close the file is taken up on any boot, and the mark is gone while it is open', async (t) => {
  const { mark, open } = setUp(t)
  const first = open()
  t.equal(first.fresh, true)
  put(first.database)
  t.equal(existsSync(mark), false)
  first.close()
  first.close()
  t.equal(existsSync(mark), true)
  const second = open({ bootId: 'boot-2' })
  t.equal(second.fresh, false)
  t.equal(kept(second.database), 1)
  t.equal(existsSync(mark), false)
  second.close()
})

t.test('left open, it is kept on the same boot and discarded on another', async (t) => {
  const { open } = setUp(t)
  put(open().database)
  const same = open()
  t.equal(same.fresh, false)
  t.equal(kept(same.database), 1)
  t.equal(open({ bootId: 'boot-2' }).fresh, true)
})

t.test('an unknown boot is never the same one', async (t) => {
  const { open } = setUp(t, 'unknown')
  put(open().database)
  t.equal(open().fresh, true)
})

t.test('another layout is discarded, however cleanly it was closed', async (t) => {
  const { open } = setUp(t)
  open().close()
  t.equal(open({ layout: 'l2' }).fresh, true)
})

t.test('a damaged or foreign file is discarded', async (t) => {
  const { path, open } = setUp(t)
  open().close()
  writeFileSync(path, readFileSync(path).fill(7))
  const again = open()
  t.equal(again.fresh, true)
  again.close()
  writeFileSync(path, '')
  t.equal(open().fresh, true, 'an empty database')
})

t.test('no mark is left where a reader holds the file back or the file fails', async (t) => {
  const { path, mark, open } = setUp(t)
  const one = open()
  put(one.database)
  one.database.pragma('busy_timeout = 1')
  const reader = new Database(path, { readonly: true })
  const rows = reader.prepare('SELECT * FROM kept').iterate()
  rows.next()
  put(one.database)
  one.close()
  t.equal(existsSync(mark), false)
  rows.return?.()
  reader.close()
  const two = open()
  two.database.exec('DROP TABLE "_meta"')
  two.close()
  t.equal(existsSync(mark), false)
})

t.test('the boot id is the machine’s, or unknown', async (t) => {
  t.match(machineBootId(), /^([0-9a-f-]{36}|unknown)$/)
  t.equal(machineBootId('/nowhere/boot_id'), 'unknown')
})
