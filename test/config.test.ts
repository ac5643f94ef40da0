import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, readConfig } from '../src/config.js'
import { shown } from '../src/locations.js'
import { root } from './support/root.js'
import { folder } from './support/serving.js'

const data = join(folder(t), 'new', 'data')
const KEY = 'k'.repeat(32)

t.test('with nothing set', async (t) => {
  const { tokens, secret, ...rest } = readConfig({ COUNTERFOIL_DATA: data })
  t.same(rest, {
    role: 'all',
    host: '127.0.0.1',
    port: 8080,
    data,
    events: { kind: 'sqlite', path: join(data, 'events.db') },
    prefix: 'ledger-',
    views: { kind: 'sqlite', path: join(data, 'views.db') },
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    holdSeconds: 604_800,
    graceDays: 7,
    lowBalance: 0n,
    selfRecharge: false,
    acceptClock: false,
    acceptLog: false,
  })
  const file = join(data, 'keys.json')
  t.same(JSON.parse(readFileSync(file, 'utf8')), { tokens: tokens.key, secret }, 'its keys are drawn and kept')
  t.equal(statSync(file).mode & 0o777, 0o600, 'for nobody else to read')
  t.not(tokens.key, secret)
  t.match(readConfig({ COUNTERFOIL_DATA: data }), { tokens, secret }, 'and stay the same')
})

t.test('the data folder is ./data where none is named', async (t) => {
  const environment = { COUNTERFOIL_TOKEN_KEY: KEY, COUNTERFOIL_SECRET: KEY }
  t.equal(readConfig(environment).data, join(process.cwd(), 'data'))
})

t.test('keys that are given are kept nowhere', async (t) => {
  const elsewhere = join(folder(t), 'data')
  const { tokens, secret } = readConfig({
    COUNTERFOIL_DATA: elsewhere,
    COUNTERFOIL_TOKEN_KEY: KEY,
    COUNTERFOIL_SECRET: `${KEY}2`,
  })
  t.same([tokens.key, secret], [KEY, `${KEY}2`])
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
    ['COUNTERFOIL_CURRENCY', 'cny', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_CURRENCY', 'XAU', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_TIME_ZONE', 'Beijing', 'an IANA time zone'],
    ['COUNTERFOIL_HOLD_SECONDS', '2592001', 'a whole number from 0 to 2592000'],
    ['COUNTERFOIL_GRACE_DAYS', '366', 'a whole number from 0 to 365'],
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
  ])
    t.same(views(connection), { kind: 'mongodb', connection })
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
  for (const text of ['', 'null', '{"tokens":"x"}', '{"tokens":1,"secret":"y"}', '{"tokens":"x","secret":2}']) {
    writeFileSync(join(damaged, 'keys.json'), text)
    t.throws(
      () => readConfig({ COUNTERFOIL_DATA: damaged }),
      new ConfigError(
        `${damaged}/keys.json does not hold the keys; restore it, or set COUNTERFOIL_TOKEN_KEY and COUNTERFOIL_SECRET`,
      ),
    )
    t.equal(readFileSync(join(damaged, 'keys.json'), 'utf8'), text)
  }
  const elsewhere = folder(t)
  symlinkSync(join(elsewhere, 'unmounted'), join(elsewhere, 'keys.json'))
  t.throws(() => readConfig({ COUNTERFOIL_DATA: elsewhere }), { message: /keys.json does not hold the keys/ })
  t.same(readdirSync(elsewhere), ['keys.json'], 'and nothing is left behind')
})

t.test('the README lists the settings that there are, and no other', async (t) => {
  const namesIn = (file: string): readonly string[] =>
    [...new Set(readFileSync(join(root, file), 'utf8').match(/COUNTERFOIL_[A-Z_]+/g))].sort()
  const [, table = ''] = /\n## Configuration\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  const listed = [...table.matchAll(/^\| `(COUNTERFOIL_[A-Z_]+)`/gm)].map(([, name]) => name)
  t.same([...listed].sort(), namesIn('src/config.ts'))
})
