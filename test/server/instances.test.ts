import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import t, { type Test } from 'tap'
import type { Config } from '../../src/config.js'
import { startServer } from '../../src/server.js'
import { publishService } from '../support/publish-service.js'
import { adminToken, asking, configOf, folder, ready, serve, until } from '../support/serving.js'

const MARK = 'Tr0ub4dor-and-3'
const credentials = {
  uri: `mongo://ann:${MARK}@host:3306/db`,
  hostname: 'host',
  port: 3306,
  name: 'db',
  username: 'ann',
  password: MARK,
}

/** In this process; all it says, however little it matters, goes to `said`. */
const listening = async (t: Test, config: Config, said: string[]) => {
  const write = (chunk: unknown, _: unknown, done: () => void): void => {
    said.push(String(chunk))
    done()
  }
  const logger = { level: 'trace', stream: new Writable({ write }) }
  const server = await startServer({ config, log: (message) => said.push(message), logger })
  t.teardown(() => server.close())
  const ask = asking(server.address, adminToken(config))
  await ready(ask)
  return { ask, server }
}

const filesOf = (data: string): readonly string[] =>
  readdirSync(data, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

t.test('a password is in no file, no log and no reply but the one to who asks for it', async (t) => {
  const data = folder(t)
  const config = configOf(data)
  await publishService(config)
  const said: string[] = []
  const first = await listening(t, config, said)
  const nowhere = (name: string): void => {
    for (const file of filesOf(data)) t.notOk(readFileSync(file).includes(MARK), `${name}: ${file}`)
    t.notOk(
      said.some((line) => line.includes(MARK)),
      `${name}: nothing is said of it`,
    )
  }
  await first.ask('POST', '/v1/accounts', { name: 'alice' })
  const body = { instance: 'i-1', service: 'db', owner: 'alice', credentials }
  const key = { 'idempotency-key': 'k' }
  const made = await first.ask('POST', '/v1/instances', body, key)
  t.equal(made.status, 201)
  t.notMatch(made.text, MARK)
  for (const wrong of [
    body,
    { ...body, instance: 'i-2', service: 'no' },
    { ...body, credentials: { ...credentials, port: MARK } },
  ]) {
    const refused = await first.ask('POST', '/v1/instances', wrong)
    t.ok(refused.status >= 400)
    t.notMatch(refused.text, MARK)
  }
  nowhere('while it runs')
  await first.server.close()
  nowhere('when it is closed')

  const second = await listening(t, config, said)
  const again = await second.ask('POST', '/v1/instances', body, key)
  t.strictSame([again.status, again.text, again.headers.get('idempotent-replayed')], [201, made.text, 'true'])
  t.equal((await second.ask('POST', '/v1/instances/i-1/deprovision', {})).status, 200)
  nowhere('when it is gone')
})

t.test('a store of secrets that cannot be opened: /ready says so, and nothing is decided', async (t) => {
  const data = folder(t)
  const file = join(data, 'secrets.db')
  mkdirSync(file)
  const { ask } = await serve(t, data)
  const reply = await until(
    () => ask('GET', '/ready'),
    ({ text }) => JSON.parse(text).parts.filter((part: { ready: boolean }) => !part.ready).length === 1,
  )
  t.equal(reply.status, 503)
  t.match(JSON.parse(reply.text).parts, [
    { name: 'events' },
    { name: 'commands' },
    { name: 'secrets', code: /^secrets_/ },
  ])
  const body = { instance: 'i-1', service: 'db', owner: 'alice', credentials }
  for (const refused of [
    await ask('POST', '/v1/instances', body),
    await ask('POST', '/v1/instances/i-1/deprovision', {}),
  ]) {
    t.equal(refused.status, 503)
    t.match(JSON.parse(refused.text), { code: 'secrets_unreachable' })
    t.equal(refused.headers.get('retry-after'), '1')
  }
  t.equal((await ask('POST', '/v1/accounts', { name: 'alice' })).status, 201, 'money goes on')
})

t.test('a projector needs no store of secrets', async (t) => {
  const data = folder(t)
  const { ask, server } = await serve(t, data)
  await ready(ask)
  await server.close()
  const { ask: projector } = await serve(t, data, {
    settings: { COUNTERFOIL_ROLE: 'projector', COUNTERFOIL_SECRETS: 'sqlite:/dev/null/secrets.db' },
  })
  const { text } = await ready(projector)
  t.notOk(JSON.parse(text).parts.some(({ name }: { name: string }) => name === 'secrets'))
})
