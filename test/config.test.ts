import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { ConfigError, readConfig } from '../src/config.js'
import { shown } from '../src/locations.js'
import { root } from './support/root.js'
import { folder } from './support/serving.js'

const data = join(folder(t), 'new', 'data')
const KEY = 'k'.repeat(32)

t.test('with nothing set', async (t) => {
  const { tokens, secret, secrets, ...rest } = readConfig({ COUNTERFOIL_DATA: data })
  t.same(rest, {
    role: 'all',
    host: '127.0.0.1',
    port: 8080,
    data,
    events: { kind: 'sqlite', path: join(data, 'events.db') },
    prefix: 'ledger-',
    views: { kind: 'sqlite', path: join(data, 'views.db') },
    gateway: { kind: 'sandbox', path: join(data, 'gateway.db') },
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    holdSeconds: 604_800,
    graceDays: 7,
    retryDays: [1, 3, 5, 7],
    settleMinutes: 10,
    freePlan: 'Free',
    lowBalance: 0n,
    taxes: [],
    selfRecharge: false,
    acceptClock: false,
    acceptLog: false,
  })
  const file = join(data, 'keys.json')
  const { current } = secrets.keys
  t.same(secrets, { location: { kind: 'sqlite', path: join(data, 'secrets.db') }, keys: { current, old: [] } })
  const kept = { tokens: tokens.key, secret, secrets: current }
  t.same(JSON.parse(readFileSync(file, 'utf8')), kept, 'its keys are drawn and kept')
  t.equal(statSync(file).mode & 0o777, 0o600, 'for nobody else to read')
  t.equal(new Set(Object.values(kept)).size, 3)
  t.match(readConfig({ COUNTERFOIL_DATA: data }), { tokens, secret, secrets }, 'and stay the same')
})

t.test('the data folder is ./data where none is named', async (t) => {
  const environment = { COUNTERFOIL_TOKEN_KEY: KEY, COUNTERFOIL_SECRET: KEY, COUNTERFOIL_SECRETS_KEY: KEY }
  t.equal(readConfig(environment).data, join(process.cwd(), 'data'))
})

t.test('keys that are given are kept nowhere', async (t) => {
  const elsewhere = join(folder(t), 'data')
  const { tokens, secret, secrets } = readConfig({
    COUNTERFOIL_DATA: elsewhere,
    COUNTERFOIL_TOKEN_KEY: KEY,
    COUNTERFOIL_SECRET: `${KEY}2`,
    COUNTERFOIL_SECRETS_KEY: `${KEY}3`,
    COUNTERFOIL_SECRETS_OLD_KEYS: `${KEY}4,${KEY}5`,
  })
  t.same([tokens.key, secret], [KEY, `${KEY}2`])
  t.same(secrets.keys, { current: `${KEY}3`, old: [`${KEY}4`, `${KEY}5`] })
  t.notOk(existsSync(elsewhere))
})

t.test('a setting that can be used', async (t) => {
  const set = (environment: Record<string, string>) => readConfig({ COUNTERFOIL_DATA: data, ...environment })
  t.equal(set({ COUNTERFOIL_HOST: '0.0.0.0' }).host, '0.0.0.0')
  t.equal(set({ COUNTERFOIL_PORT: '0' }).port, 0)
  t.equal(set({ COUNTERFOIL_ROLE: 'projector' }).role, 'projector')
  t.equal(set({ COUNTERFOIL_TOKEN_ISSUER: 'us' }).tokens.issuer, 'us')
  t.equal(set({ COUNTERFOIL_TOKEN_AUDIENCE: 'books' }).tokens.audience, 'books')
  t.equal(set({ COUNTERFOIL_CURRENCY: 'JPY' }).currency, 'JPY')
  t.equal(set({ COUNTERFOIL_TIME_ZONE: 'Europe/Berlin' }).timeZone, 'Europe/Berlin')
  t.equal(set({ COUNTERFOIL_HOLD_SECONDS: '60' }).holdSeconds, 60)
  t.equal(set({ COUNTERFOIL_GRACE_DAYS: '0' }).graceDays, 0)
  t.equal(set({ COUNTERFOIL_SETTLE_MINUTES: '1' }).settleMinutes, 1)
  t.same(set({ COUNTERFOIL_RETRY_DAYS: '2,365' }).retryDays, [2, 365])
  t.equal(set({ COUNTERFOIL_LOW_BALANCE: '25.5' }).lowBalance, 255_000n)
  t.equal(set({ COUNTERFOIL_LOW_BALANCE: '-0.0001' }).lowBalance, -1n)
  t.equal(set({ COUNTERFOIL_SELF_RECHARGE: 'allow' }).selfRecharge, true)
  t.equal(set({ COUNTERFOIL_ACCEPT_CLOCK: 'yes' }).acceptClock, true)
  t.equal(set({ COUNTERFOIL_ACCEPT_LOG: 'yes' }).acceptLog, true)
})

t.test('a setting that cannot be used is refused by its name, with what would do', async (t) => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['COUNTERFOIL_HOST', '', 'is empty'],
    ['COUNTERFOIL_DATA', '', 'is empty'],
    ['COUNTERFOIL_PORT', '65536', 'a whole number from 0 to 65535'],
    ['COUNTERFOIL_PORT', '80a', 'a whole number'],
    ['COUNTERFOIL_PORT', '0x50', 'a whole number'],
    ['COUNTERFOIL_PORT', '-1', 'a whole number'],
    ['COUNTERFOIL_ROLE', 'reader', 'must be all, api or projector'],
    ['COUNTERFOIL_EVENTS', '/var/books/log.db', 'must be sqlite:<file>, esdb:'],
    ['COUNTERFOIL_EVENTS', 'sqlite:', 'must be sqlite:<file>, esdb:'],
    ['COUNTERFOIL_EVENTS', 'mongodb://localhost/books', 'must be sqlite:<file>, esdb:'],
    ['COUNTERFOIL_EVENTS', 'esdb://', 'must be esdb:'],
    ['COUNTERFOIL_EVENTS', 'esdb://host:port', 'must be esdb:'],
    ['COUNTERFOIL_EVENTS', 'esdb://a,b:2113,?tls=true', 'must be esdb:'],
    ['COUNTERFOIL_EVENTS', 'esdb://host?tls=False', 'tls must be true or false'],
    ['COUNTERFOIL_EVENTS', 'esdb://host?TLS=false', "'TLS' is no option; there are tls, tlsCAFile"],
    ['COUNTERFOIL_EVENTS', 'esdb://host?tls=false&throwOnAppendFailure=false', "'throwOnAppendFailure' is no option"],
    ['COUNTERFOIL_EVENTS', 'esdb://host?constructor=1', "'constructor' is no option"],
    ['COUNTERFOIL_EVENTS', 'esdb://host?tls', 'tls must be true or false'],
    ['COUNTERFOIL_EVENTS', 'esdb://host?nodePreference=follower', 'nodePreference must be leader'],
    ['COUNTERFOIL_EVENTS', 'esdb://host?keepAliveInterval=10s', 'keepAliveInterval must be a whole number'],
    ['COUNTERFOIL_VIEWS', 'esdb://localhost', 'must be sqlite:<file>, mongodb:'],
    ['COUNTERFOIL_VIEWS', 'mongodb://', 'must be mongodb:'],
    ['COUNTERFOIL_VIEWS', 'mongodb://localhost/my books', 'must be mongodb:'],
    ['COUNTERFOIL_VIEWS', 'mongodb:///books', 'must be mongodb:'],
    ['COUNTERFOIL_VIEWS', 'mongodb://localhost/books?replicaSet', 'must be mongodb:'],
    ['COUNTERFOIL_PREFIX', 'ledger', "a '-' behind them: for example ledger-"],
    ['COUNTERFOIL_PREFIX', '$ledger-', 'must be letters'],
    ['COUNTERFOIL_PREFIX', 'a-b-', 'must be letters'],
    ['COUNTERFOIL_TOKEN_KEY', 'k'.repeat(31), 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_SECRET', 'k'.repeat(31), 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_SECRETS', 'esdb://localhost', 'must be sqlite:<file>, mongodb:'],
    ['COUNTERFOIL_SECRETS_KEY', 'k'.repeat(31), 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_SECRETS_KEY', `${KEY},${KEY}`, 'has a comma'],
    ['COUNTERFOIL_SECRETS_OLD_KEYS', `${KEY},short`, 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_SECRETS_OLD_KEYS', `${KEY},`, 'too short'],
    ['COUNTERFOIL_CURRENCY', 'cny', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_CURRENCY', 'XAU', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_TIME_ZONE', 'Beijing', 'an IANA time zone'],
    ['COUNTERFOIL_HOLD_SECONDS', '2592001', 'a whole number from 0 to 2592000'],
    ['COUNTERFOIL_GRACE_DAYS', '366', 'a whole number from 0 to 365'],
    ...['0', '3,3', '3,1', '366', '1,', '1, 3', 'x'].map(
      (days) => ['COUNTERFOIL_RETRY_DAYS', days, 'ascending order'] as const,
    ),
    ['COUNTERFOIL_LOW_BALANCE', '1e3', 'a decimal such as 25.00'],
    ['COUNTERFOIL_LOW_BALANCE', '0.00001', 'a decimal such as 25.00'],
    ['COUNTERFOIL_SELF_RECHARGE', 'yes', 'must be refuse or allow'],
    ['COUNTERFOIL_ACCEPT_CLOCK', 'true', 'must be no or yes'],
    ['COUNTERFOIL_ACCEPT_LOG', '1', 'must be no or yes'],
  ]
  for (const [name, value, sentence] of wrong) {
    t.throws(() => readConfig({ COUNTERFOIL_DATA: data, [name]: value }), {
      code: 'invalid_configuration',
      message: new RegExp(`^${name}.*${sentence}`),
    })
  }
})

t.test('where the stores lie', async (t) => {
  const events = (text: string, more = {}) =>
    readConfig({ COUNTERFOIL_DATA: data, COUNTERFOIL_EVENTS: text, ...more }).events
  const views = (text: string) => readConfig({ COUNTERFOIL_DATA: data, COUNTERFOIL_VIEWS: text }).views
  const secrets = (text: string) => readConfig({ COUNTERFOIL_DATA: data, COUNTERFOIL_SECRETS: text }).secrets.location
  t.same(events('sqlite:/var/books/log.db'), { kind: 'sqlite', path: '/var/books/log.db' })
  t.same(views('sqlite:views.db'), { kind: 'sqlite', path: join(process.cwd(), 'views.db') })
  for (const connection of [
    'esdb://localhost',
    'esdb://localhost:2113?tls=false',
    'esdb+discover://cluster.example.com:2113',
    'esdb://ann:s%40fe@n1:2113,n2:2113,n3/?tls=true&tlsCAFile=/etc/ca.crt&keepAliveInterval=-1&nodePreference=leader',
  ])
    t.same(events(connection), { kind: 'eventstoredb', connection, prefix: 'ledger-' })
  t.match(events('esdb://localhost', { COUNTERFOIL_PREFIX: 'Books_2.0-' }), { prefix: 'Books_2.0-' })
  for (const connection of [
    'mongodb://localhost',
    'mongodb://localhost/books',
    'mongodb://ann:s%40fe@m1:27017,m2:27017/books?replicaSet=rs0&w=majority',
    'mongodb+srv://cluster.example.com/books',
  ]) {
    t.same(views(connection), { kind: 'mongodb', connection })
    t.same(secrets(connection), { kind: 'mongodb', connection, prefix: 'ledger-' })
  }
  t.same(secrets('sqlite:/var/books/secrets.db'), { kind: 'sqlite', path: '/var/books/secrets.db' })
})

t.test('a password is shown nowhere', async (t) => {
  const secret = 'hunter2'
  for (const [name, text] of [
    ['COUNTERFOIL_EVENTS', `esdb://ann:${secret}@host?tls=False`],
    ['COUNTERFOIL_EVENTS', `esdb://ann:${secret}@x@host:2113/what`],
    ['COUNTERFOIL_VIEWS', `mongodb://ann:a/${secret}@host`],
    ['COUNTERFOIL_VIEWS', `mongodb://host/books?tls&tlsCertificateKeyFilePassword=${secret}`],
    ['COUNTERFOIL_VIEWS', `mongodb://host/books?tls&authMechanismProperties=AWS_SESSION_TOKEN:${secret}`],
    ['COUNTERFOIL_VIEWS', `mongo://ann:${secret}@host/books`],
    ['COUNTERFOIL_SECRETS', `mongodb://ann:a/${secret}@host`],
  ] as const)
    t.throws(() => readConfig({ COUNTERFOIL_DATA: data, [name]: text }), {
      message: new RegExp(`^(?!.*${secret})${name} is '.*\\*\\*\\*`, 's'),
    })
  const password = { kind: 'mongodb', connection: `mongodb://ann:${secret}@host/books?w=1` } as const
  t.equal(shown(password), 'mongodb://ann:***@host/books?w=1')
  t.equal(shown({ kind: 'sqlite', path: '/var/books/log.db' }), '/var/books/log.db')
})

t.test('a data folder that cannot be used', async (t) => {
  const blocked = join(folder(t), 'file')
  writeFileSync(blocked, '')
  t.throws(() => readConfig({ COUNTERFOIL_DATA: join(blocked, 'data') }), {
    code: 'invalid_configuration',
    message: /^the folder .* cannot be made: ENOTDIR/,
  })
})

t.test('keys that cannot be read are never drawn anew', async (t) => {
  const damaged = folder(t)
  const wrong = ['', 'null', '{"tokens":"x"}', '{"tokens":1,"secret":"y"}', '{"tokens":"x","secret":2}']
  for (const text of [...wrong, '{"tokens":"x","secret":"y","secrets":3}']) {
    writeFileSync(join(damaged, 'keys.json'), text)
    t.throws(
      () => readConfig({ COUNTERFOIL_DATA: damaged }),
      new ConfigError(
        `${damaged}/keys.json does not hold the keys; restore it, or set COUNTERFOIL_TOKEN_KEY, COUNTERFOIL_SECRET and COUNTERFOIL_SECRETS_KEY`,
      ),
    )
    t.equal(readFileSync(join(damaged, 'keys.json'), 'utf8'), text)
  }
  const elsewhere = folder(t)
  symlinkSync(join(elsewhere, 'unmounted'), join(elsewhere, 'keys.json'))
  t.throws(() => readConfig({ COUNTERFOIL_DATA: elsewhere }), { message: /keys.json does not hold the keys/ })
  t.same(readdirSync(elsewhere), ['keys.json'], 'and nothing is left behind')
})

t.test('keys that cannot be kept are not used', async (t) => {
  const elsewhere = folder(t)
  symlinkSync(join(elsewhere, 'unmounted', 'draft'), join(elsewhere, `keys.json.${process.pid}`))
  t.throws(() => readConfig({ COUNTERFOIL_DATA: elsewhere, COUNTERFOIL_SECRET: KEY }), {
    code: 'invalid_configuration',
    message: /keys\.json cannot be written: ENOENT.*; make it possible, or set COUNTERFOIL_TOKEN_KEY/,
  })
  t.same(readdirSync(elsewhere), [])
})

const OLDER = { tokens: `${KEY}a`, secret: `${KEY}b` }

t.test('keys of before there were secrets get one more, the same for all who ask at once', async (t) => {
  const older = join(folder(t), 'older')
  mkdirSync(older)
  writeFileSync(join(older, 'elsewhere'), JSON.stringify(OLDER), { mode: 0o640 })
  symlinkSync('elsewhere', join(older, 'keys.json'))
  const script = `import { readConfig } from '${pathToFileURL(join(root, 'dist/src/config.js')).href}'
    process.stdout.write(readConfig({ COUNTERFOIL_DATA: '${older}' }).secrets.keys.current)`
  const asked = await Promise.all(
    Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])),
  )
  const { secrets, tokens, secret } = readConfig({ COUNTERFOIL_DATA: older })
  t.same(new Set(asked.map(({ stdout }) => stdout)), new Set([secrets.keys.current]))
  t.same([tokens.key, secret], [OLDER.tokens, OLDER.secret])
  t.same(JSON.parse(readFileSync(join(older, 'elsewhere'), 'utf8')), { ...OLDER, secrets: secrets.keys.current })
  t.equal(statSync(join(older, 'elsewhere')).mode & 0o777, 0o640)
  t.same(readdirSync(older).sort(), ['elsewhere', 'keys.json', 'keys.lock'], 'and nothing else is left')
})

t.test('where the key cannot be added, the others stay as they are', async (t) => {
  const older = folder(t)
  const path = join(older, 'keys.json')
  writeFileSync(path, JSON.stringify(OLDER))
  const refused = (): unknown =>
    t.throws(() => readConfig({ COUNTERFOIL_DATA: older }), {
      code: 'invalid_configuration',
      message: /keys\.json cannot be given a key for the secrets: .*; set COUNTERFOIL_SECRETS_KEY$/,
    })
  mkdirSync(join(older, 'keys.lock'))
  refused()
  rmSync(join(older, 'keys.lock'), { recursive: true })
  // Where the draft would lie.
  mkdirSync(join(older, `keys.json.${process.pid}`, 'x'), { recursive: true })
  refused()
  t.same(JSON.parse(readFileSync(path, 'utf8')), OLDER)
})

t.test('the README lists the settings that there are, and no other', async (t) => {
  const namesIn = (file: string): readonly string[] =>
    [...new Set(readFileSync(join(root, file), 'utf8').match(/COUNTERFOIL_[A-Z_]+/g))].sort()
  const [, table = ''] = /\n## Configuration\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  const listed = [...table.matchAll(/^\| `(COUNTERFOIL_[A-Z_]+)`/gm)].map(([, name]) => name)
  t.same([...listed].sort(), [...namesIn('src/config.ts'), ...namesIn('src/gateway-config.ts')].sort())
})
