import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { EventStore } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { event, folder } from './support.js'

const open = (path: string): Promise<EventStore> => openSqliteEventStore({ path, log: () => {} })
const all = { after: null, max: 100 }

/** A closed store of ten events. */
const made = async (t: Test, events = 10): Promise<{ path: string; mark: string }> => {
  const path = join(folder(t), 'events.db')
  const store = await open(path)
  for (let i = 0; i < events; i += 1) await store.append('s', i - 1, [event(`e${i}`)])
  await store.close()
  return { path, mark: path.replace(/db$/, 'mark') }
}

const sql = (path: string, statement: string): void => {
  const db = new Database(path)
  db.exec(statement)
  db.close()
}

const damages: Record<string, { by: (files: { path: string; mark: string }) => void; said: RegExp }> = {
  'committed events that are gone': {
    by: ({ path }) => sql(path, 'DELETE FROM events WHERE position > 8'),
    said: /the log ends at position 8, but position 10 \(event e9\) was committed/,
  },
  'another event in the place of a committed one': {
    by: ({ path }) => sql(path, "UPDATE events SET id = 'x' WHERE position = 10"),
    said: /position 10 holds event x, but e9 was committed/,
  },
  'a mark of another store': {
    by: ({ path }) => sql(path, "UPDATE meta SET value = 'other' WHERE name = 'epoch'"),
    said: /the mark belongs to another store/,
  },
  'a missing mark': { by: ({ mark }) => rmSync(mark), said: /the mark is missing beside a log with events/ },
  'a mark with both slots bad': {
    by: ({ mark }) => writeFileSync(mark, Buffer.alloc(512)),
    said: /both slots of the mark are bad/,
  },
  'a log that is gone': { by: ({ path }) => rmSync(path), said: /the log is gone/ },
}

for (const [name, { by, said }] of Object.entries(damages)) {
  t.test(`${name}: a named refusal, until an operator accepts the log`, async (t) => {
    const files = await made(t)
    by(files)
    await t.rejects(open(files.path), { code: 'store_damaged', message: said })
    await t.rejects(open(files.path), /Restore .* from a backup, or start once with COUNTERFOIL_ACCEPT_LOG/)
    const heard: string[] = []
    const accepted = await openSqliteEventStore({ path: files.path, acceptLog: true, log: (text) => heard.push(text) })
    const [last] = (await accepted.readLog(all)).slice(-1)
    await accepted.append('new', -1, [event('new')])
    await accepted.close()
    t.ok(name === 'a log that is gone' || said.test(heard.join()), heard.join())
    const store = await open(files.path)
    t.equal((await store.readLog({ after: last?.position ?? null, max: 9 })).length, 1)
    await store.close()
  })
}

t.test('one bad slot means the other', async (t) => {
  for (const slot of [0, 1]) {
    const { path, mark } = await made(t)
    const bytes = readFileSync(mark)
    bytes[slot * 256 + 70] = 0
    writeFileSync(mark, bytes)
    const store = await open(path)
    t.equal((await store.readLog(all)).length, 10)
    await store.close()
  }
})

t.test('an empty log needs no mark: a full disk may have left none, or an empty file', async (t) => {
  const { path, mark } = await made(t, 0)
  rmSync(mark)
  await (await open(path)).close()
  writeFileSync(mark, '')
  await (await open(path)).close()
  writeFileSync(mark, 'nonsense')
  await t.rejects(open(path), { code: 'store_damaged' })
  rmSync(mark)
  writeFileSync(path, '')
  await (await open(path)).close()
})

t.test('a WAL cut before the mark is found, where SQLite itself says that all is well', async (t) => {
  const { path, mark } = await made(t, 1)
  const store = await open(path)
  const before = readFileSync(mark)
  const copy = join(folder(t), 'events.db')
  for (let i = 1; i < 10; i += 1) await store.append('s', i - 1, [event(`e${i}`)])
  while (readFileSync(mark).equals(before) || !readFileSync(mark, 'latin1').includes(' e9 ')) await sleep(20)
  for (const end of ['db', 'db-wal', 'mark']) execFileSync('cp', [path.replace(/db$/, end), copy.replace(/db$/, end)])
  truncateSync(`${copy}-wal`, 32 + 3 * (4096 + 24))
  await store.close()
  await t.rejects(open(copy), { code: 'store_damaged', message: /the log ends at position [1-9], but position 10/ })
  const db = new Database(copy)
  t.same(db.pragma('integrity_check', { simple: true }), 'ok')
  db.close()
})

t.test('what is no store of ours is refused in plain words', async (t) => {
  const { path } = await made(t)
  sql(path, "UPDATE meta SET value = '2' WHERE name = 'schema'")
  await t.rejects(open(path), { code: 'store_unreadable', message: /has layout 2; this program knows 1/ })
  const other = join(folder(t), 'events.db')
  writeFileSync(other, 'x'.repeat(5000))
  await t.rejects(open(other), { code: 'store_damaged', message: /is damaged \(SQLITE_NOTADB\)/ })
  await t.rejects(open(join(folder(t), 'missing', 'events.db')), {
    code: 'store_unreadable',
    message: /cannot be opened/,
  })
  const unmarked = join(folder(t), 'events.db')
  mkdirSync(unmarked.replace(/db$/, 'mark'))
  await t.rejects(open(unmarked), { code: 'store_unreadable', message: /EISDIR/ })
  const folders = join(folder(t), 'events.db')
  writeFileSync(folders.replace(/db$/, 'lock'), 'x'.repeat(5000))
  await t.rejects(open(folders), { code: 'store_unreadable' })
})
