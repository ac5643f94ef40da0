import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { seeded } from '../../bench/support/requests.js'
import { assertDurable, openSqliteSecrets } from '../../src/secrets/sqlite.js'
import { secretStoreContract } from '../contract/secret-store.js'
import { A, B, C, names, seed, silent, storeOver, under } from '../support/secrets.js'
import { folder } from '../support/serving.js'
import { fill, smallDisk } from '../support/small-disk.js'

const child = fileURLToPath(new URL('./child.js', import.meta.url))

const open = async (t: Test, path = join(folder(t), 'secrets.db')) => {
  const records = await openSqliteSecrets({ path, patience: 500 })
  t.teardown(() => records.close())
  return { path, records }
}

secretStoreContract(t, async (t) => (await open(t)).records)

t.test(
  'what was acknowledged before a kill -9 is there afterwards, also of processes that share the file',
  async (t) => {
    const path = join(folder(t), 'secrets.db')
    const killedAfter = async (count: number): Promise<readonly string[]> => {
      const process = spawn('node', [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      for await (const chunk of process.stdout) {
        text += String(chunk)
        if (text.split('\n').length > count) process.kill('SIGKILL')
      }
      if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
      return text.split('\n').slice(1, -1)
    }
    const acknowledged = (await Promise.all([2, 60, 150, 151].map(killedAfter))).flat()
    const { records } = await open(t, path)
    const store = storeOver(records, under(A))
    for (const line of acknowledged) {
      const [name = '', gone] = line.split(' ').reverse()
      const found = await store.get(name)
      t.equal(found, gone === undefined ? name.padEnd(20) : null, line)
    }
    t.ok(acknowledged.length >= 2 + 60 + 150 + 151 - 8)
    // Each may have died with one that it had not told of yet.
    const told = acknowledged.filter((line) => !line.startsWith('gone')).length
    t.ok(Math.abs((await records.countNotUnder('')) - told) <= 4)
  },
)

/** All bytes that lie in a folder. */
const bytesIn = (directory: string): Buffer =>
  Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))))

t.test('what was destroyed or sealed anew is nowhere in the files any more', async (t) => {
  const below = seeded(seed)
  const directory = folder(t)
  const { records } = await open(t, join(directory, 'secrets.db'))
  const all = names(600)
  const sealed = new Map<string, Buffer>()
  const remember = async (name: string): Promise<void> => {
    const found = await records.read(name)
    if (found !== null && found !== 'destroyed') sealed.set(name, Buffer.from(found.bytes))
  }
  /** By their first, middle and last bytes. */
  const lies = (bytes: Buffer, files: Buffer): boolean =>
    [0, bytes.length >> 1, bytes.length - 16].some((at) => files.includes(bytes.subarray(at, at + 16)))
  const store = storeOver(records, under(A))
  const gone: Buffer[] = []
  const destroy = async (name: string): Promise<void> => {
    gone.push(sealed.get(name) ?? Buffer.alloc(16))
    sealed.delete(name)
    await store.destroy(name)
  }
  for (const [index, name] of all.entries()) {
    // Some on a page of its own, and some longer than a page.
    await store.put(name, 'x'.repeat(below(index % 10 === 0 ? 9_000 : 400)))
    await remember(name)
    const other = all[below(index + 1)] ?? ''
    if (index % 3 === 0 && sealed.has(other)) await destroy(other)
  }
  const kept = [...sealed]
  const before = bytesIn(directory)
  t.equal(kept.filter(([, bytes]) => lies(bytes, before)).length, kept.length, 'what is there is found')
  t.equal(gone.filter((bytes) => lies(bytes, before)).length, 0, `${gone.length} destroyed, seed ${seed}`)
  await storeOver(records, under(B, A)).rotate(silent)
  const after = bytesIn(directory)
  t.equal(kept.filter(([, bytes]) => lies(bytes, after)).length, 0, `${kept.length} sealed anew`)
  t.same(readdirSync(directory).sort(), ['secrets.db', 'secrets.db-journal'])
  t.equal(statSync(join(directory, 'secrets.db-journal')).size, 0)
  t.equal(statSync(join(directory, 'secrets.db')).mode & 0o777, 0o600)
})

t.test('a full disk refuses, and it goes on by itself when there is space', async (t) => {
  const disk = smallDisk(t)
  if (disk === null) return
  const { records } = await open(t, join(disk, 'secrets.db'))
  const store = storeOver(records, under(A))
  await store.put('instance/1', 'one')
  fill(disk)
  let stored = 1
  const putting = async (): Promise<void> => {
    for (;;) {
      await store.put(`instance/${stored + 1}`, 'x'.repeat(10_000))
      stored += 1
    }
  }
  await t.rejects(putting(), { code: 'secrets_full', message: /nothing was stored/ })
  t.equal(await store.get(`instance/${stored + 1}`), null)
  t.equal(await store.get('instance/1'), 'one')
  rmSync(join(disk, 'ballast'))
  await store.put(`instance/${stored + 1}`, 'x')
  t.equal(await store.get(`instance/${stored + 1}`), 'x')
})

t.test('after an error of the disk nothing is accepted or believed any more', async (t) => {
  const path = join(folder(t), 'secrets.db')
  // A file that may not grow is no full disk: the write fails.
  const command = `ulimit -f 4096; exec '${process.execPath}' '${child}' '${path}' 60000`
  const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  const said = stdout.trim().split('\n')
  t.match(said.at(-1), /^Error: .*secrets\.db cannot be used \(SQLITE_IOERR.*start again/)
  t.equal(said.at(-1), said.at(-2), 'and again')
  const { records } = await open(t, path)
  t.ok(said.length > 5)
  t.equal(await records.countNotUnder(''), said.filter((line) => line.startsWith('instance')).length)
})

t.test('another process that keeps the file busy is waited for, but not for ever', async (t) => {
  const { path, records } = await open(t)
  const store = storeOver(records, under(A))
  const other = new Database(path)
  other.exec('BEGIN IMMEDIATE')
  await t.rejects(store.put('instance/1', 'x'), {
    code: 'secrets_unreachable',
    message: /another process keeps .* busy/,
  })
  t.equal(await store.get('instance/1'), null, 'it may be read meanwhile')
  const waiting = store.put('instance/1', 'x')
  setTimeout(() => other.close(), 100)
  await waiting
  t.equal(await store.get('instance/1'), 'x')
})

t.test('several processes may make the file at once', async (t) => {
  const path = join(folder(t), 'secrets.db')
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(t, path)))
  for (const [index, { records }] of stores.entries()) await storeOver(records, under(C)).put(`instance/${index}`, 'x')
  t.equal(await stores[0]?.records.countNotUnder(''), 4)
})

t.test('what is no store of secrets is left as it is', async (t) => {
  const directory = folder(t)
  const refused = async (name: string, message: RegExp): Promise<void> => {
    const path = join(directory, name)
    const before = readFileSync(path)
    await t.rejects(openSqliteSecrets({ path }), { code: 'secrets_failed', message })
    t.same(readFileSync(path), before)
  }
  writeFileSync(join(directory, 'text.db'), 'some text that is no database at all, and long enough'.repeat(20))
  await refused('text.db', /text\.db cannot be used \(SQLITE_NOTADB\)/)
  const other = new Database(join(directory, 'other.db'))
  other.exec('CREATE TABLE events (id)')
  other.close()
  await refused('other.db', /holds something else/)
  const newer = new Database(join(directory, 'newer.db'))
  newer.pragma('user_version = 2')
  newer.close()
  await refused('newer.db', /has layout 2; this program knows 1/)
})

t.test('a connection that would sync or overwrite less is not used', async (t) => {
  const database = new Database(join(folder(t), 'x.db'))
  t.teardown(() => database.close())
  database.pragma('synchronous = NORMAL')
  t.throws(() => assertDurable(database), { code: 'secrets_failed', message: /= delete,1,0, not truncate,2,1/ })
})
