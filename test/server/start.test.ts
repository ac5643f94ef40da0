import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { folder, run } from '../support/serving.js'

/** It ends with 1 and says one plain sentence behind a code. */
const refused = async (t: Test, running: ReturnType<typeof run>, sentence: RegExp): Promise<void> => {
  const { code, out, err } = await running.ended
  t.equal(code, 1)
  t.equal(out, '')
  t.match(err, sentence)
  t.equal(err.split('\n').length, 2, 'one line, no stack')
}

t.test('a second server on one data folder is refused, and told who holds it', async (t) => {
  const cwd = folder(t)
  const first = run('main', cwd)
  await first.address
  await refused(t, run('main', cwd), new RegExp(`^store_locked: .*events.db is in use by process ${first.pid}; `))
  first.kill('SIGTERM')
  t.equal((await first.ended).code, 0)
})

t.test('one data folder is for one that decides, whatever event store it names', async (t) => {
  const cwd = folder(t)
  const first = run('main', cwd)
  await first.address
  const second = run('main', cwd, [], { COUNTERFOIL_EVENTS: 'sqlite:elsewhere/events.db' })
  await refused(t, second, new RegExp(`^store_locked: .*write-model.db is in use by process ${first.pid}; `))
  first.kill('SIGTERM')
  t.equal((await first.ended).code, 0)
})

t.test('where nobody can listen, it says so and leaves the data folder to the next', async (t) => {
  const cwd = folder(t)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  await refused(
    t,
    run('main', cwd, [], { COUNTERFOIL_PORT: port }),
    new RegExp(`^cannot_listen: port ${port} of 127.0.0.1 is taken by another program; COUNTERFOIL_PORT names another`),
  )
  await refused(
    t,
    run('main', cwd, [], { COUNTERFOIL_HOST: '192.0.2.1' }),
    /^cannot_listen: nobody can listen on port 0 of 192.0.2.1: .*; COUNTERFOIL_HOST and COUNTERFOIL_PORT name others/,
  )
})

t.test('a wrong setting is one sentence', async (t) => {
  const cwd = folder(t)
  await refused(t, run('main', cwd, [], { COUNTERFOIL_PORT: 'http' }), /^invalid_configuration: COUNTERFOIL_PORT is/)
  const pem = '-----BEGIN PUBLIC KEY-----\nnonsense of the necessary length\n-----END PUBLIC KEY-----\n'
  await refused(
    t,
    run('main', cwd, [], { COUNTERFOIL_TOKEN_KEY: pem }),
    /^invalid_configuration: COUNTERFOIL_TOKEN_KEY cannot be used: /,
  )
  const views = { COUNTERFOIL_VIEWS: 'mongodb://ann:hunter2@127.0.0.1:1/books?noSuchOption=1' }
  await refused(t, run('main', cwd, [], views), /^views_address_invalid: mongodb:\/\/\*\*\*@127.0.0.1:1\/books is no/)
})

t.test('a store that is none of ours is refused', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'data'))
  writeFileSync(join(cwd, 'data', 'events.db'), 'something else that somebody keeps under this name\n'.repeat(50))
  await refused(t, run('main', cwd), /^store_damaged: .*events.db is damaged/)
})

t.test('servers that are away are waited for, and named without their passwords', async (t) => {
  const running = run('main', folder(t), [], {
    COUNTERFOIL_EVENTS: 'esdb://ann:hunter2@127.0.0.1:1?tls=false',
    COUNTERFOIL_VIEWS: 'mongodb://ann:hunter2@127.0.0.1:1/books',
  })
  const reply = await fetch(`${await running.address}/ready`)
  const text = await reply.text()
  t.equal(reply.status, 503)
  t.match(text, '"store_unreachable"')
  running.kill('SIGTERM')
  const { code, out, err } = await running.ended
  t.equal(code, 0)
  t.match(err, /^store_unreachable: /m)
  t.notMatch(`${text}${out}${err}`, 'hunter2')
})

t.test('what it does not know on its command line is refused', async (t) => {
  const cwd = folder(t)
  await refused(
    t,
    run('main', cwd, ['--rule', 'api']),
    /^usage: Unknown option '--rule'.*; there are --role all, api or/,
  )
  await refused(t, run('main', cwd, ['--role', 'reader']), /^invalid_configuration: COUNTERFOIL_ROLE is 'reader'/)
})

t.test('a write model that cannot be kept is an error of the following thread', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'data', 'write-model.db', 'full'), { recursive: true })
  await refused(t, run('main', cwd), /^projector_failed: /)
})
