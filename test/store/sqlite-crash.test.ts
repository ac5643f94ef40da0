import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { folder, ids } from './support.js'

const child = fileURLToPath(new URL('./child.js', import.meta.url))
const log = (): void => {}

/** Runs a writing process until it has acknowledged `count` events, then kills it; what it acknowledged, whole lines only. */
const killedAfter = async (
  path: string,
  count: number,
  meanwhile: (child: ChildProcess) => Promise<void>,
): Promise<string[]> => {
  const process = spawn('node', [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of process.stdout) {
    text += String(chunk)
    if (text.split('\n').length > count && !process.killed) {
      await meanwhile(process)
      process.kill('SIGKILL')
    }
  }
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
  return text.split('\n').slice(1, -1)
}

t.test('what was acknowledged before a kill -9 is there afterwards, once', async (t) => {
  const path = join(folder(t), 'events.db')
  const acknowledged: string[] = []
  for (const count of [1, 40, 300, 900]) {
    acknowledged.push(...(await killedAfter(path, count, async () => {})))
    const store = await openSqliteEventStore({ path, log })
    const stored = ids(await store.readLog({ after: null, max: 1_000_000 }))
    t.equal(new Set(stored).size, stored.length, 'nothing twice')
    t.same(
      acknowledged.filter((id) => !stored.includes(id)),
      [],
      `${acknowledged.length} acknowledged`,
    )
    await store.close()
  }
})

t.test('a second process is refused by name, and is let in when the first is gone', async (t) => {
  const path = join(folder(t), 'events.db')
  await killedAfter(path, 1, async ({ pid }) => {
    await t.rejects(openSqliteEventStore({ path, log }), {
      code: 'store_locked',
      message: `${path} is in use by process ${pid}; stop it, or use another data folder`,
    })
  })
  const store = await openSqliteEventStore({ path, log })
  t.equal(readFileSync(path.replace(/db$/, 'pid'), 'utf8'), String(process.pid))
  rmSync(path.replace(/db$/, 'pid'))
  await t.rejects(openSqliteEventStore({ path, log }), /process \(unknown\)/, 'in the same process too')
  await store.close()
})
