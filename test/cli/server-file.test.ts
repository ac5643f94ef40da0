import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { serverAddress, writeServerFile } from '../../src/cli/server-file.js'
import { folder } from '../support/serving.js'

/** No process has it: the largest there can be. */
const GONE = 4_194_304

t.test('a second projector of a data folder is named apart, and the first one that lives is found', async (t) => {
  const data = folder(t)
  const write = (name: string, pid: unknown, address: string) =>
    writeFileSync(join(data, name), JSON.stringify({ pid, address }))
  t.equal(serverAddress(data, ['projector', 'all']), null)
  t.equal(serverAddress(join(data, 'never'), ['projector', 'all']), null)
  write('server.json', process.ppid, 'all')
  t.equal(serverAddress(data, ['projector', 'all']), 'all')
  write('projector.json', process.ppid, 'first')
  t.equal(writeServerFile(data, 'projector', 'second'), join(data, `projector-${process.pid}.json`))
  t.equal(serverAddress(data, ['projector', 'all']), 'first')
  write('projector.json', GONE, 'first')
  t.equal(serverAddress(data, ['projector', 'all']), 'second')
})

t.test('what processes left behind that are gone is cleared away', async (t) => {
  const data = folder(t)
  for (const [name, pid] of [
    ['projector.json', GONE],
    [`projector-${GONE}.json`, GONE],
    ['projector-7.json', 'half a'],
    [`projector-${process.pid}.json`, process.pid],
    ['server.json', GONE],
    ['projector-x.json', GONE],
  ] as const)
    writeFileSync(join(data, name), JSON.stringify({ pid, address: 'old' }))
  t.equal(serverAddress(data, ['projector', 'all']), 'old', 'nobody lives: whoever asks there learns it')
  t.equal(writeServerFile(data, 'projector', 'new'), join(data, 'projector.json'))
  t.same(readdirSync(data).sort(), ['projector-x.json', 'projector.json', 'server.json'])
})

t.test('a file that cannot be read names nobody', async (t) => {
  const data = folder(t)
  mkdirSync(join(data, 'projector.json'))
  t.equal(serverAddress(data, ['projector', 'all']), '')
})

t.test('a process of another user lives too', async (t) => {
  const data = folder(t)
  writeFileSync(join(data, 'server.json'), JSON.stringify({ pid: 1, address: 'other' }))
  const kill = process.kill
  t.teardown(() => {
    process.kill = kill
  })
  process.kill = () => {
    throw Object.assign(new Error('not yours'), { code: 'EPERM' })
  }
  t.equal(writeServerFile(data, 'all', 'mine'), join(data, `server-${process.pid}.json`))
})
