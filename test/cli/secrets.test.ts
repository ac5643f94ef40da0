import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { createSealing } from '../../src/secrets/seal.js'
import { openSecretStore } from '../../src/stores.js'
import { A, B, C, names } from '../support/secrets.js'
import { configOf, folder, run } from '../support/serving.js'

const rotate = (cwd: string, settings: Readonly<Record<string, string>>) =>
  run('cli', cwd, ['secrets', 'rotate'], settings).ended

const open = (data: string, settings: Readonly<Record<string, string>>) =>
  openSecretStore(configOf(data, settings).secrets, () => undefined)

const old = { COUNTERFOIL_SECRETS_KEY: A }
const both = { COUNTERFOIL_SECRETS_KEY: B, COUNTERFOIL_SECRETS_OLD_KEYS: `${A},${C}` }

t.test('secrets are sealed anew while a server runs, and then need the new key alone', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const server = await open(data, old)
  for (const name of names(150)) await server.put(name, `value of ${name}`)
  await server.destroy('instance/007')
  const { code, out, err } = await rotate(cwd, both)
  t.equal(
    out,
    `149 secrets were sealed anew.\nEverything is under the key ${createSealing({ current: B, old: [] }).current}. When that is COUNTERFOIL_SECRETS_KEY of every server, the old ones may be removed and destroyed.\n`,
  )
  t.equal(code, 0)
  t.match(err, /^sealed anew 149 secrets \[#{30}\]\n/)
  t.match(await rotate(cwd, both), {
    code: 0,
    out: /^0 secrets were sealed anew\.\nEverything is under the key /,
    err: '',
  })
  await t.rejects(server.get('instance/000'), { code: 'secret_unreadable' }, 'it was not given the new key')
  await server.close()
  const now = await open(data, { COUNTERFOIL_SECRETS_KEY: B })
  t.equal(await now.get('instance/000'), 'value of instance/000')
  t.equal(await now.get('instance/007'), null)
  await now.close()
})

t.test('what is left under an old key is told, and why', async (t) => {
  const cwd = folder(t)
  const data = join(cwd, 'data')
  const store = await open(data, old)
  for (const name of names(3)) await store.put(name, 'x')
  const { code, out, err } = await rotate(cwd, { COUNTERFOIL_SECRETS_KEY: B, COUNTERFOIL_SECRETS_OLD_KEYS: C })
  t.same([code, out], [1, '0 secrets were sealed anew.\n'])
  t.match(err, /secrets_left: 3 secrets are under another key than the current one:\n {2}instance\/000 is sealed under/)
  // Whatever is sealed anew is put back under the old key by somebody.
  const stubborn = new Database(join(data, 'secrets.db'))
  stubborn.exec(`CREATE TRIGGER stubborn AFTER UPDATE ON secrets BEGIN
    UPDATE secrets SET key = old.key, sealed = old.sealed WHERE id = old.id; END`)
  stubborn.close()
  const again = await rotate(cwd, both)
  t.equal(again.code, 1)
  t.match(again.err, /secrets_left: 3 secrets .*\n {2}a process that runs still seals under an old key/)
  await store.close()
})

t.test('without an old key it is refused, and no store is made', async (t) => {
  for (const settings of [{}, old, { ...old, COUNTERFOIL_SECRETS_OLD_KEYS: A }]) {
    const cwd = folder(t)
    const { code, out, err } = await rotate(cwd, settings)
    t.same([code, out], [1, ''])
    t.match(
      err,
      /^secrets_no_old_key: COUNTERFOIL_SECRETS_OLD_KEYS names no old key, .* the very settings of the servers\n/,
    )
    t.notOk(existsSync(join(cwd, 'data', 'secrets.db')))
  }
})

t.test('a store that cannot be opened is told', async (t) => {
  const cwd = folder(t)
  writeFileSync(join(cwd, 'text'), 'no database at all'.repeat(100))
  const { code, err } = await rotate(cwd, { ...both, COUNTERFOIL_SECRETS: 'sqlite:text' })
  t.equal(code, 1)
  t.match(err, /^secrets_failed: .*text cannot be used \(SQLITE_NOTADB\)/)
  const away = await rotate(cwd, { ...both, COUNTERFOIL_SECRETS: 'mongodb://ann:hunter2@127.0.0.1:1/books' })
  t.equal(away.code, 1)
  t.match(away.err, /^secrets_unreachable: no answer from mongodb:\/\/\*\*\*@127/)
  t.notMatch(away.err, 'hunter2')
})
