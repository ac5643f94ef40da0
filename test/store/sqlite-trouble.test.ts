import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t from 'tap'
import { DiskFull, OutcomeUnknown, StoreStopped } from '../../src/store/errors.js'
import { assertSynchronous, checkpoint, codeOf, connect, detailOf } from '../../src/store/sqlite/connection.js'
import { openSqliteEventLog, openSqliteEventStore } from '../../src/store/sqlite.js'
import { fill, smallDisk } from '../support/small-disk.js'
import { event, folder } from './support.js'

const log = (): void => {}

t.test('a full disk refuses, forgets nothing, and the store goes on when there is space', async (t) => {
  const disk = smallDisk(t)
  if (disk === null) return
  const path = join(disk, 'events.db')
  const said: string[] = []
  const store = await openSqliteEventStore({ path, log: (message) => said.push(message) })
  let stored = 0
  const append = (): Promise<unknown> => store.append('s', stored - 1, [event(`e${stored}`, `"${'x'.repeat(20_000)}"`)])
  await append()
  stored += 1
  fill(disk)
  const full = async (): Promise<void> => {
    for (;;) {
      await append()
      stored += 1
    }
  }
  await t.rejects(full(), DiskFull)
  t.match(store.trouble(), { code: 'disk_full' })
  await t.rejects(Promise.all([append(), store.append('other', -1, [event('o', `"${'x'.repeat(20_000)}"`)])]), DiskFull)
  rmSync(join(disk, 'ballast'))
  await append()
  stored += 1
  t.equal(store.trouble(), null)
  t.match(said, [/^disk_full: events: nothing is stored: SQLITE_FULL/, 'events goes on'], 'each is said once')
  t.equal(said.length, 2)
  t.equal((await store.readStream('s', { direction: 'forwards', max: 1000 })).length, stored)
  await store.close()
})

t.test('opened on a full disk it waits, says so, and is ready when there is space', async (t) => {
  const disk = smallDisk(t)
  if (disk === null) return
  fill(disk)
  const path = join(disk, 'events.db')
  const said: string[] = []
  const opening = openSqliteEventStore({ path, log: (message) => said.push(message) })
  while (said.length === 0) await sleep(20)
  await sleep(600)
  t.same(said, [`disk_full: no space to open ${path}`])
  rmSync(join(disk, 'ballast'))
  const store = await opening
  await store.append('s', -1, [event('a')])
  await store.close()
})

t.test('a reader that keeps the log from being proved is waited for', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  await store.append('s', -1, [event('a')])
  const reader = new Database(path, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM events').all()
  await store.append('s', 0, [event('b')])
  await store.close()
  t.ok(statSync(`${path}-wal`).size > 0, 'the WAL outlives its writer')
  const said: string[] = []
  const opening = openSqliteEventStore({ path, log: (message) => said.push(message) })
  while (said.length === 0) await sleep(20)
  t.same(said, ['busy: another process is reading the log'])
  reader.exec('COMMIT')
  reader.close()
  const again = await opening
  t.equal((await again.readLog({ after: null, max: 9 })).length, 2)
  await again.close()
})

t.test('an opening that waits can be given up, and leaves the store to the next', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  await store.append('s', -1, [event('a')])
  const reader = new Database(path, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT * FROM events').all()
  await store.append('s', 0, [event('b')])
  await store.close()
  const giveUp = new AbortController()
  const opening = openSqliteEventStore({ path, log: () => giveUp.abort(), signal: giveUp.signal })
  await t.rejects(opening, { code: 'store_closed' })
  reader.close()
  const again = await openSqliteEventStore({ path, log, signal: new AbortController().signal })
  await again.append('s', 1, [event('c')])
  await again.close()
})

t.test('any other error stops the writer for good', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  await store.append('s', -1, [event('a')])
  const saboteur = new Database(path)
  saboteur.exec('ALTER TABLE events RENAME TO elsewhere')
  const waiting = ['s', 'r'].map((stream) => store.append(stream, stream === 's' ? 0 : -1, [event(stream)]))
  for (const one of waiting) await t.rejects(one, OutcomeUnknown)
  t.match(store.trouble(), { code: 'store_stopped', detail: /no such table/ })
  await t.rejects(store.readLog({ after: null, max: 9 }), { code: 'SQLITE_ERROR' }, 'which is no damage')
  saboteur.exec('ALTER TABLE elsewhere RENAME TO events')
  saboteur.close()
  await t.rejects(store.append('s', 0, [event('b')]), StoreStopped)
  await store.close()
  const again = await openSqliteEventStore({ path, log })
  t.equal((await again.append('s', 0, [event('b')])).revision, 1)
  await again.close()
})

t.test('an event that is gone from the middle is missed by every read that comes by', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  for (let revision = 0; revision < 6; revision += 1) await store.append('s', revision - 1, [event(`e${revision}`)])
  await store.append('r', -1, [event('r0')])
  const thief = new Database(path)
  thief.exec("DELETE FROM events WHERE id = 'e2'")
  thief.close()
  const damaged = (said: RegExp) => ({ code: 'store_damaged', message: said })
  await t.rejects(store.readLog({ after: null, max: 9 }), damaged(/lacks events before position 4/))
  await t.rejects(store.readLog({ after: 2, max: 9 }), damaged(/lacks events before position 4/))
  await t.rejects(store.readStream('s', { direction: 'forwards', max: 9 }), damaged(/s lacks an event .* revision 3/))
  await t.rejects(store.readStream('s', { direction: 'forwards', from: 2, max: 1 }), damaged(/revision 3/))
  await t.rejects(store.readStream('s', { direction: 'backwards', max: 9 }), damaged(/revision 1/))
  t.equal((await store.readStream('s', { direction: 'backwards', from: 1, max: 9 })).length, 2)
  t.equal((await store.readStream('s', { direction: 'forwards', from: 3, max: 9 })).length, 3)
  t.equal((await store.readLog({ after: 3, max: 9 })).length, 4)
  t.same(await store.readStream('none', { direction: 'backwards', max: 9 }), [])
  t.same(await store.readLog({ after: 7, max: 9 }), [])
  await store.close()
})

t.test('a damaged page is named by whoever reads it', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  await store.append(
    's',
    -1,
    Array.from({ length: 100 }, (_, i) => event(`e${i}`, `"${'x'.repeat(1_000)}"`)),
  )
  await store.close()
  const file = openSync(path, 'r+')
  for (let page = 3; page * 4096 < statSync(path).size; page += 1)
    writeSync(file, Buffer.alloc(100, 0xff), 0, 100, page * 4096)
  closeSync(file)
  const reader = await openSqliteEventLog({ path })
  const damaged = { code: 'store_damaged', message: /file of the events is damaged: SQLITE_CORRUPT/ }
  await t.rejects(reader.readLog({ after: null, max: 200 }), damaged)
  await t.rejects(reader.readStream('s', { direction: 'backwards', max: 200 }), damaged)
  await reader.close()
})

t.test('an error of the checkpointer stops the store too', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  await store.append('s', -1, [event('a')])
  while (!readFileSync(path.replace(/db$/, 'mark'), 'latin1').includes(' a 0')) await sleep(20)
  const saboteur = new Database(path)
  saboteur.exec('ALTER TABLE events RENAME TO elsewhere')
  saboteur.close()
  while (store.trouble() === null) await sleep(20)
  t.match(store.trouble(), { code: 'store_stopped', detail: /no such table/ })
  await t.rejects(store.append('s', 0, [event('b')]), StoreStopped)
  await store.close()
})

t.test('the WAL stays short under constant load', async (t) => {
  const path = join(folder(t), 'events.db')
  const store = await openSqliteEventStore({ path, log })
  const text = `"${'x'.repeat(100_000)}"`
  let largest = 0
  // Never true of a WAL that only grows.
  for (let round = 0; round * 1_600_000 < Math.max(50_000_000, 2 * largest); round += 1) {
    await Promise.all(
      Array.from({ length: 16 }, (_, i) => store.append(`s${i}`, round - 1, [event(`${i}-${round}`, text)])),
    )
    await sleep(15)
    largest = Math.max(largest, statSync(`${path}-wal`).size)
  }
  t.ok(statSync(path).size > largest, 'most of it was brought home')
  await store.close()
})

t.test('a connection that does not sync in full is refused after its first write', (t) => {
  const db = connect(join(folder(t), 'x.db'))
  db.pragma('journal_mode = WAL')
  db.exec('CREATE TABLE t (a)')
  assertSynchronous(db)
  t.equal(checkpoint(db, 'PASSIVE').done, true)
  db.pragma('synchronous = NORMAL')
  t.throws(() => assertSynchronous(db), /synchronous = 1, not FULL/)
  t.equal(detailOf('odd'), 'odd')
  t.equal(codeOf('odd'), '')
  db.close()
  t.end()
})
