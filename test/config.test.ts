import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, readConfig } from '../src/config.js'
import { root } from './support/root.js'
import { folder } from './support/serving.js'

const data = join(folder(t), 'new', 'data')
const KEY = 'k'.repeat(32)

t.test('with nothing set', async (t) => {
  const { tokens, secret, ...rest } = readConfig({ COUNTERFOIL_DATA: data })
  t.same(rest, {
    host: '127.0.0.1',
    port: 8080,
    data,
    events: { kind: 'sqlite', path: join(data, 'events.db') },
    prefix: 'ledger-',
    views: { kind: 'sqlite', path: join(data, 'views.db') },
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    holdSeconds: 604_800,
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
  t.equal(set({ COUNTERFOIL_EVENTS: 'sqlite:/var/books/log.db' }).events.path, '/var/books/log.db')
  t.equal(set({ COUNTERFOIL_PREFIX: 'shop-' }).prefix, 'shop-')
  t.equal(set({ COUNTERFOIL_VIEWS: 'sqlite:views.db' }).views.path, join(process.cwd(), 'views.db'))
  t.equal(set({ COUNTERFOIL_TOKEN_ISSUER: 'us' }).tokens.issuer, 'us')
  t.equal(set({ COUNTERFOIL_TOKEN_AUDIENCE: 'books' }).tokens.audience, 'books')
  t.equal(set({ COUNTERFOIL_CURRENCY: 'JPY' }).currency, 'JPY')
  t.equal(set({ COUNTERFOIL_TIME_ZONE: 'Europe/Berlin' }).timeZone, 'Europe/Berlin')
  t.equal(set({ COUNTERFOIL_HOLD_SECONDS: '60' }).holdSeconds, 60)
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
    ['COUNTERFOIL_EVENTS', '/var/books/log.db', 'must be sqlite:<file>'],
    ['COUNTERFOIL_EVENTS', 'sqlite:', 'must be sqlite:<file>'],
    ['COUNTERFOIL_PREFIX', 'ledger', 'must be letters'],
    ['COUNTERFOIL_PREFIX', 'my-ledger-', 'must be letters'],
    ['COUNTERFOIL_VIEWS', 'mongodb://localhost', 'must be sqlite:<file>'],
    ['COUNTERFOIL_TOKEN_KEY', 'k'.repeat(31), 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_SECRET', 'k'.repeat(31), 'too short; it must have at least 32 bytes'],
    ['COUNTERFOIL_CURRENCY', 'cny', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_CURRENCY', 'XAU', 'an ISO 4217 code with minor units'],
    ['COUNTERFOIL_TIME_ZONE', 'Beijing', 'an IANA time zone'],
    ['COUNTERFOIL_HOLD_SECONDS', '2592001', 'a whole number from 0 to 2592000'],
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
