import t from 'tap'
import { asking, folder, run, serve } from '../support/serving.js'

const cwd = folder(t)
const cli = (...args: readonly string[]) => run('cli', cwd, args).ended

t.test('without a command it says what there is', async (t) => {
  for (const args of [[], ['help'], ['--help'], ['-h']]) {
    const { code, out, err } = await cli(...args)
    t.same([code, err], [0, ''])
    t.match(out, /counterfoil token <subject>[\s\S]*counterfoil rebuild \[view\][\s\S]*counterfoil trial-balance/)
    t.match(out, 'counterfoil secrets rotate')
    t.match(out, 'counterfoil copy --from <location> --to <location>')
  }
})

t.test('a wrong command line is told in one line, and is exit code 2', async (t) => {
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['balance'], "usage: there is no command 'balance'; counterfoil --help lists them"],
    [['token'], 'usage: name one subject: counterfoil token alice'],
    [['token', 'alice', 'shop'], 'usage: name one subject: counterfoil token alice'],
    [['token', 'not a name'], "usage: 'not a name' is no account name"],
    [
      ['token', 'alice', '--roles', 'admin,boss'],
      "usage: 'boss' is no role; there are admin, auditor, finance, service",
    ],
    [['token', 'alice', '--accounts', '/'], "usage: '/' is no account name"],
    [['token', 'alice', '--for', '2w'], 'usage: --for 2w: say for example 30m, 12h or 7d'],
    [['token', 'alice', '--role', 'admin'], "usage: Unknown option '--role'"],
    [['rebuild', 'balances', 'amounts'], 'usage: rebuild takes one view, or none for all'],
    [['secrets'], 'usage: there is only: counterfoil secrets rotate'],
    [['secrets', 'rotate', 'now'], 'usage: there is only: counterfoil secrets rotate'],
    [['trial-balance', 'now'], 'usage: trial-balance takes nothing more'],
    [['trial-balance'], `usage: there is no event store at ${cwd}/data/events.db; COUNTERFOIL_EVENTS names another`],
  ]
  for (const [args, sentence] of wrong) {
    const { code, out, err } = await cli(...args)
    t.same([code, out], [2, ''], args.join(' '))
    t.ok(err.startsWith(sentence), err)
    t.equal(err.split('\n').length, 2)
  }
})

t.test('a wrong setting is no usage error', async (t) => {
  const { code, err } = await run('cli', cwd, ['token', 'alice'], { COUNTERFOIL_CURRENCY: 'BIG' }).ended
  t.equal(code, 1)
  t.match(err, /^invalid_configuration: COUNTERFOIL_CURRENCY is 'BIG'/)
})

t.test('a token that it prints is good for what it says', async (t) => {
  const { server } = await serve(t, `${cwd}/data`)
  const asked = async (...args: readonly string[]) => asking(server.address, (await cli('token', ...args)).out.trim())
  await (await asked('root', '--roles', 'admin'))('POST', '/v1/accounts', { name: 'alice' })
  const may = async (...args: readonly string[]) => (await (await asked(...args))('GET', '/v1/accounts/alice')).status
  t.equal(await may('alice'), 200)
  t.equal(await may('bob'), 403)
  t.equal(await may('bob', '--accounts', 'carol,alice', '--for', '1m'), 200)
  t.equal(await may('bob', '--roles', 'auditor'), 200)
  const recharge = async (...args: readonly string[]) =>
    (await (await asked(...args))('POST', '/v1/accounts/alice/recharges', { amount: '5' })).status
  t.equal(await recharge('alice'), 403)
  t.equal(await recharge('alice', '--scope', 'recharge withdraw'), 201)
})

t.test('a token carries the configured issuer and audience', async (t) => {
  const settings = { COUNTERFOIL_TOKEN_ISSUER: 'us', COUNTERFOIL_TOKEN_AUDIENCE: 'books' }
  const { out } = await run('cli', cwd, ['token', 'alice'], settings).ended
  t.match(JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString()), { iss: 'us', aud: 'books' })
  const elsewhere = folder(t)
  const server = run('main', elsewhere, [], settings)
  const address = await server.address
  const ask = async (more: Readonly<Record<string, string>>): Promise<number> => {
    const { out } = await run('cli', elsewhere, ['token', 'alice', '--roles', 'admin'], more).ended
    return (await asking(address, out.trim())('POST', '/v1/accounts', { name: 'alice' })).status
  }
  t.same(
    [await ask({}), await ask({ ...settings, COUNTERFOIL_TOKEN_ISSUER: 'them' }), await ask(settings)],
    [401, 401, 201],
  )
  server.kill('SIGTERM')
  await server.ended
})

t.test('with a public key alone nobody here can make tokens', async (t) => {
  const key =
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----'
  const { code, err } = await run('cli', cwd, ['token', 'alice'], { COUNTERFOIL_TOKEN_KEY: key }).ended
  t.equal(code, 2)
  t.match(err, 'only a public key is configured')
})
