import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { startProjecting } from '../src/projecting.js'
import { projections } from '../src/projections/projections.js'
import { openSqliteEventStore } from '../src/store/sqlite.js'
import type { FollowerState, ProjectorData } from '../src/thread.js'
import { folder } from './support/serving.js'
import { fill, smallDisk } from './support/small-disk.js'

const at = (folder: string, name: string) => ({ kind: 'sqlite', path: join(folder, name) }) as const

const files = (t: Test): ProjectorData & { readonly writeModel: string } => {
  const data = folder(t)
  const [events, views] = [at(data, 'events.db'), at(data, 'views.db')]
  return { events, views, projects: true, lazy: false, writeModel: join(data, 'write-model.db'), committed: null }
}

const follow = (data: ProjectorData) => {
  const told: string[] = []
  const said: string[] = []
  const silent = { onPassed: () => undefined, onFlushed: () => undefined, log: (message: string) => said.push(message) }
  const projecting = startProjecting(data, { ...silent, onTrouble: () => told.push('trouble') })
  const until = async (wanted: (state: readonly FollowerState[]) => boolean): Promise<void> => {
    while (!wanted(projecting.state())) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { projecting, until, told, said }
}

const made = async (t: Test, data: ProjectorData): Promise<void> => {
  const path = data.events.kind === 'sqlite' ? data.events.path : ''
  const store = await openSqliteEventStore({ path, log: () => undefined })
  t.teardown(() => store.close())
}

t.test('views that cannot be opened are tried again, and keep nothing else from going on', async (t) => {
  const data = files(t)
  await made(t, data)
  const views = join(dirname(data.writeModel), 'views.db')
  mkdirSync(views)
  const { projecting, until, told, said } = follow(data)
  t.match(await projecting.started, { kind: 'ready', leaf: -1 })
  await until((state) => state.filter(({ trouble }) => trouble !== null).length === projections.length)
  t.match(projecting.state(), [
    ...projections.map(({ name }) => ({
      name,
      doing: 'opening',
      trouble: { code: 'views_failed', detail: /directory/ },
    })),
    { name: 'write-model', trouble: null },
  ])
  t.same(told, [], 'it has started all the same')
  rmdirSync(views)
  await until((state) => state.every(({ doing, trouble }) => doing === 'following' && trouble === null))
  const tellings = projections.map(({ name }) => new RegExp(`^views_failed: ${name}: .*directory`))
  const endings = projections.map(({ name }) => new RegExp(`^${name} goes on$`))
  t.equal(said.length, 2 * projections.length)
  for (const one of [...tellings, ...endings]) t.equal(said.filter((text) => one.test(text)).length, 1, String(one))
  await projecting.close()
})

t.test('space for the write model is waited for', async (t) => {
  const data = files(t)
  await made(t, data)
  const disk = smallDisk(t)
  if (disk === null) return
  fill(disk)
  const { projecting, until, told } = follow({ ...data, projects: false, writeModel: join(disk, 'write-model.db') })
  await until(([books]) => books?.trouble != null)
  t.match(projecting.state(), [{ name: 'write-model', leaf: -1, doing: 'opening', trouble: { code: 'disk_full' } }])
  t.ok(told.length > 0)
  rmSync(join(disk, 'ballast'))
  t.match(await projecting.started, { leaf: -1 })
  await projecting.close()
})

t.test('closed while it waits for space it ends', async (t) => {
  const data = files(t)
  await made(t, data)
  const disk = smallDisk(t)
  if (disk === null) return
  fill(disk)
  const { projecting, until } = follow({ ...data, writeModel: join(disk, 'write-model.db') })
  await until(([books]) => books?.trouble != null)
  const refused = t.rejects(projecting.started, { code: 'store_closed' })
  await projecting.close()
  await refused
})

t.test('a write model that cannot be kept ends the thread, which says why', async (t) => {
  const data = files(t)
  await made(t, data)
  mkdirSync(join(data.writeModel, 'full'), { recursive: true })
  const { projecting } = follow(data)
  await t.rejects(projecting.started, { code: 'projector_failed', message: /following thread|directory/ })
  await projecting.close()
})

t.test('a projector alone waits until there is an event store', async (t) => {
  const data = files(t)
  const { projecting, until } = follow({ ...data, writeModel: null })
  while (projecting.events() === null) await new Promise((resolve) => setTimeout(resolve, 20))
  t.match(projecting.events(), { code: 'store_unreadable' })
  t.match(await projecting.rebuild(['ledger'], () => undefined), { kind: 'failed', code: 'not_ready' })
  await made(t, data)
  await until(([ledger]) => ledger?.doing === 'following')
  t.equal(projecting.events(), null)
  await projecting.close()
})

t.test('closed while it waits it ends at once, and nothing was started', async (t) => {
  const { projecting } = follow({ ...files(t), writeModel: null })
  while (projecting.events() === null) await new Promise((resolve) => setTimeout(resolve, 20))
  const refused = t.rejects(projecting.started, { code: 'store_closed' })
  await projecting.close()
  await refused
})
