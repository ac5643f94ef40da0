import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t from 'tap'
import { NO_STREAM } from '../../src/store/port.js'
import { openSqliteEventLog, openSqliteEventStore } from '../../src/store/sqlite.js'
import { folder, run, serve } from '../support/serving.js'
import { openedAt } from './opened-account.js'

const cwd = folder(t)
const source = join(cwd, 'data', 'events.db')
const copyTo = (to: string, from = `sqlite:${source}`) => run('cli', cwd, ['copy', '--from', from, '--to', to])

const DEMO = 25
const MORE = 1_000

/** All but the positions. */
const contentOf = async (path: string): Promise<readonly unknown[]> => {
  const log = await openSqliteEventLog({ path })
  const events = await log.readLog({ after: null, max: 100_000 })
  await log.close()
  return events.map(({ position: _, ...rest }) => rest)
}

t.before(async () => {
  const server = run('main', cwd, ['--demo'])
  await server.address
  while (!server.out().includes('README.md')) await wait(10)
  server.kill('SIGTERM')
  await server.ended
})

t.test('the log of the demo arrives whole, and a second copy finds all of it there', async (t) => {
  const target = join(cwd, 'new', 'books.db')
  const first = await copyTo('sqlite:new/books.db').ended
  t.same(
    [first.code, first.out],
    [0, `${target} holds all ${DEMO} events of ${source}: ${DEMO} copied, 0 there before.\n`],
  )
  t.match(first.err, /^copied 25 events \[#{30}\]\ncompared 25 events \[#{30}\]\n$/)
  t.same(await contentOf(target), await contentOf(source))
  t.match(await copyTo('sqlite:new/books.db').ended, { code: 0, out: /: 0 copied, 25 there before\.\n$/ })
})

t.test('a copy cut off by a signal goes on where it was, and a server goes on with it', async (t) => {
  const long = join(cwd, 'long', 'events.db')
  mkdirSync(join(cwd, 'long'))
  t.equal((await copyTo(`sqlite:${long}`).ended).code, 0)
  const store = await openSqliteEventStore({ path: long, log: () => undefined })
  const numbers = Array.from({ length: MORE }, (_, number) => number)
  await Promise.all(numbers.map((number) => store.append(`account-n${number}`, NO_STREAM, [openedAt(number)])))
  await store.close()

  const data = join(cwd, 'moved')
  const target = join(data, 'events.db')
  const cut = copyTo(`sqlite:${target}`, `sqlite:${long}`)
  while (!existsSync(target)) await wait(1)
  const held = new Database(target, { timeout: 10_000 })
  while (held.prepare("SELECT 1 FROM sqlite_master WHERE name = 'events'").get() === undefined) await wait(1)
  const some = held.prepare('SELECT 1 FROM events WHERE position = 50')
  while (some.get() === undefined) await wait(1)
  // As long as this holds the file, the copy waits with its next append.
  held.exec('BEGIN IMMEDIATE')
  cut.kill('SIGINT')
  await wait(100)
  held.exec('COMMIT')
  held.close()
  t.match(await cut.ended, {
    code: 1,
    out: '',
    err: /copy_interrupted: the copy was broken off; the same command goes on with it\n$/,
  })
  const half = (await contentOf(target)).length
  t.ok(half >= 50 && half < DEMO + MORE, `${half} events were there`)

  const rest = await copyTo(`sqlite:${target}`, `sqlite:${long}`).ended
  t.same(
    [rest.code, rest.out],
    [0, `${target} holds all ${DEMO + MORE} events of ${long}: ${DEMO + MORE - half} copied, ${half} there before.\n`],
  )
  t.same(await contentOf(target), await contentOf(long))
  copyFileSync(join(cwd, 'data', 'keys.json'), join(data, 'keys.json'))
  const { ask } = await serve(t, data)
  t.match((await ask('GET', '/bill/alice/info')).text, '"actual_balance":346')
  t.match((await ask('GET', '/v1/orders/4')).text, '"status":"refunding"')
})

t.test('a target that holds something else is left as it is', async (t) => {
  const other = join(cwd, 'other', 'data')
  const { server, ask } = await serve(t, other)
  await ask('POST', '/v1/accounts', { name: 'carol' })
  await server.close()
  const before = await contentOf(join(other, 'events.db'))
  t.match(await copyTo(`sqlite:${other}/events.db`).ended, {
    code: 1,
    out: '',
    err: /copy_differs: event 0 is revision 0 of account-bookshop in the source, and something else in the target\n$/,
  })
  t.same(await contentOf(join(other, 'events.db')), before)
})

t.test('a ledger that is in use is no source and no target', async (t) => {
  const server = run('main', cwd)
  await server.address
  const inUse = new RegExp(`store_locked: ${source} is in use by process ${server.pid}; stop it`)
  t.match(await copyTo('sqlite:elsewhere.db').ended, { code: 1, err: inUse })
  t.notOk(existsSync(join(cwd, 'elsewhere.db')), 'nothing is left behind')
  t.match(await copyTo(`sqlite:${source}`, 'sqlite:new/books.db').ended, { code: 1, err: inUse })
  server.kill('SIGTERM')
  await server.ended
})

t.test('a source that was cut off is copied only where an operator has accepted it', async (t) => {
  const cut = join(cwd, 'cut')
  mkdirSync(cut)
  for (const name of ['events.db', 'events.mark']) copyFileSync(join(cwd, 'data', name), join(cut, name))
  const db = new Database(join(cut, 'events.db'))
  db.exec(`DELETE FROM events WHERE position = ${DEMO}`)
  db.close()
  t.match(await copyTo('sqlite:elsewhere.db', `sqlite:${cut}/events.db`).ended, {
    code: 1,
    err: /^store_damaged: .* the log ends at position 24, but position 25/,
  })
  const args = ['copy', '--from', 'sqlite:cut/events.db', '--to', 'sqlite:accepted.db']
  t.match(await run('cli', cwd, args, { COUNTERFOIL_ACCEPT_LOG: 'yes' }).ended, {
    code: 0,
    out: /holds all 24 events/,
    err: /^the log was accepted as it is: the log ends at position 24/,
  })
})

t.test('ends that cannot be are told in one line', async (t) => {
  symlinkSync(source, join(cwd, 'link.db'))
  copyFileSync(join(cwd, 'data', 'events.mark'), join(cwd, 'link.mark'))
  mkdirSync(join(cwd, 'empty'))
  const empty = await openSqliteEventStore({ path: join(cwd, 'empty', 'events.db'), log: () => undefined })
  await empty.close()
  writeFileSync(join(cwd, 'no.db'), 'no database at all, but long enough to be taken for one\n'.repeat(20))
  const where = 'usage: say where from and where to: counterfoil copy --from sqlite:data/events.db --to <location>'
  const wrong: readonly (readonly [readonly string[], number, string])[] = [
    [[], 2, where],
    [['--from', `sqlite:${source}`], 2, where],
    [['--to', 'sqlite:x.db'], 2, where],
    [['--form', 'sqlite:x.db'], 2, "usage: Unknown option '--form'"],
    [['--from', 'sqlite:x.db', '--to', 'sqlite:./x.db'], 2, 'usage: --from and --to name one store'],
    [['--from', 'sqlite:x.db', '--to', 'sqlite:y.db'], 2, `usage: there is no event store at ${cwd}/x.db`],
    [['--from', 'sqlite:link.db', '--to', `sqlite:${source}`], 2, 'usage: --from and --to lead to one store'],
    [['--from', 'sqlite:empty/events.db', '--to', 'sqlite:y.db'], 2, `usage: ${cwd}/empty/events.db holds no events`],
    [
      ['--from', 'data/events.db', '--to', 'sqlite:y.db'],
      1,
      "invalid_configuration: --from is 'data/events.db'; it must",
    ],
    [['--from', `sqlite:${source}`, '--to', 'sqlite:'], 1, "invalid_configuration: --to is 'sqlite:'; it must be"],
    [['--from', 'sqlite:no.db', '--to', 'sqlite:y.db'], 1, `store_damaged: ${cwd}/no.db is damaged`],
    [
      ['--from', `sqlite:${source}`, '--to', 'sqlite:link.db/y.db'],
      1,
      `invalid_configuration: the folder ${cwd}/link.db`,
    ],
  ]
  for (const [args, code, sentence] of wrong) {
    const ended = await run('cli', cwd, ['copy', ...args]).ended
    t.same([ended.code, ended.out], [code, ''], args.join(' '))
    t.ok(ended.err.startsWith(sentence), ended.err)
    t.equal(ended.err.split('\n').length, 2, ended.err)
  }
  t.equal((await contentOf(source)).length, DEMO)
})
