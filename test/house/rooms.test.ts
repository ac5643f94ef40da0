import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import t from 'tap'
import { root } from '../support/root.js'

const rooms = [
  'ledger',
  'store',
  'views',
  'secrets',
  'gateway',
  'follower',
  'commands',
  'projections',
  'reports',
  'http',
].map((room) => `src/${room}`)

/** Modules at the root of src/: they put the rooms together, so no room may know them. */
const compositions = (): readonly string[] =>
  readdirSync(join(root, 'src'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replace('.ts', ''))

/** A file, and an import that must be refused there. */
const forbidden = [
  ['events/traded.v1.ts', '../src/ledger/state.js'],
  ['events/traded.v1.ts', 'node:crypto'],
  ['events/traded.v1.ts', 'big.js'],
  ['src/ledger/state.ts', '../store/port.js'],
  ['src/ledger/state.ts', '../follower/projection.js'],
  ['src/ledger/state.ts', 'node:crypto'],
  ['src/ledger/state.ts', 'better-sqlite3'],
  ['src/store/decode.ts', '../ledger/state.js'],
  ['src/store/decode.ts', '../views/port.js'],
  ['src/store/sqlite/reader.ts', '../../views/port.js'],
  ['src/store/sqlite/reader.ts', '../../ledger/state.js'],
  ['src/views/port.ts', '../store/port.js'],
  ['src/views/port.ts', '../ledger/state.js'],
  ['src/secrets/port.ts', '../store/port.js'],
  ['src/secrets/port.ts', '../views/port.js'],
  ['src/secrets/store.ts', '../ledger/state.js'],
  ['src/secrets/mongodb.ts', '../views/mongodb/errors.js'],
  ['src/gateway/port.ts', '../ledger/money.js'],
  ['src/gateway/sandbox.ts', '../secrets/port.js'],
  ['src/commands/trade.ts', '../gateway/sandbox.js'],
  ['src/http/app.ts', '../gateway/braintree.js'],
  ['src/mongodb/connect.ts', '../views/mongodb/errors.js'],
  ['src/follower/loop.ts', '../secrets/sqlite.js'],
  ['src/commands/trade.ts', '../secrets/store.js'],
  ['src/commands/trade.ts', '../secrets/mongodb.js'],
  ['src/http/app.ts', '../secrets/memory.js'],
  ['src/http/app.ts', '../secrets/sqlite.js'],
  ['src/http/v1/instances.ts', '../../secrets/seal.js'],
  ['src/http/v1/instances.ts', '../../mongodb/connect.js'],
  ['src/follower/loop.ts', '../commands/port.js'],
  ['src/follower/loop.ts', '../projections/ledger.js'],
  ['src/follower/loop.ts', '../store/sqlite.js'],
  ['src/follower/loop.ts', '../store/memory/store.js'],
  ['src/follower/loop.ts', '../views/mongodb.js'],
  ['src/commands/trade.ts', '../projections/ledger.js'],
  ['src/commands/trade.ts', '../http/app.js'],
  ['src/commands/trade.ts', '../store/eventstoredb.js'],
  ['src/commands/model/file.ts', '../../reports/trial-balance.js'],
  ['src/projections/ledger.ts', '../commands/port.js'],
  ['src/projections/ledger.ts', '../reports/trial-balance.js'],
  ['src/projections/ledger.ts', '../views/sqlite/store.js'],
  ['src/audit/replay.ts', '../projections/ledger.js'],
  ['src/reports/trial-balance.ts', '../audit/replay.js'],
  ['src/views/sqlite/build.ts', '../../store/sqlite/reader.js'],
  ['src/http/app.ts', '../store/sqlite.js'],
  ['src/http/app.ts', '../sqlite/disposable.js'],
  ['src/http/app.ts', '../views/memory.js'],
  ['src/http/bill/trade.ts', '../../views/sqlite/store.js'],
  ['src/http/bill/trade.ts', '../v1/trade.js'],
  ['src/store/port.ts', '../../test/support/root.js'],
  ...compositions().flatMap((name) => rooms.map((room) => [`${room}/a.ts`, `../${name}.js`] as const)),
] as const

const allowed = [
  ['events/traded.v1.ts', './define.js'],
  ['events/traded.v1.ts', 'json-schema-to-ts'],
  ['src/ledger/state.ts', '../../events/envelope.js'],
  ['src/ledger/state.ts', './decision.js'],
  ['src/ledger/decide/trade.ts', '../state.js'],
  ['src/ledger/decide/trade.ts', '../../../events/envelope.js'],
  ['src/ledger/state.ts', 'big.js'],
  ['src/store/sqlite/reader.ts', '../port.js'],
  ['src/store/sqlite/reader.ts', '../../../events/envelope.js'],
  ['src/store/sqlite/reader.ts', 'better-sqlite3'],
  ['src/views/sqlite.ts', './port.js'],
  ['src/views/sqlite.ts', '../sqlite/disposable.js'],
  ['src/views/sqlite/build.ts', '../../sqlite/disposable.js'],
  ['src/views/mongodb/errors.ts', '../../mongodb/errors.js'],
  ['src/secrets/mongodb.ts', '../mongodb/connect.js'],
  ['src/secrets/sqlite.ts', './port.js'],
  ['src/commands/trade.ts', '../secrets/port.js'],
  ['src/http/app.ts', '../secrets/port.js'],
  ['src/http/v1/instances.ts', '../../secrets/port.js'],
  ['src/gateway/braintree.ts', './port.js'],
  ['src/commands/trade.ts', '../gateway/port.js'],
  ['src/http/v1/instances.ts', '../../gateway/port.js'],
  ['src/stores.ts', './secrets/sqlite.js'],
  ['src/cli/secrets.ts', '../secrets/sqlite.js'],
  ['src/cli/rebuild.ts', '../views/sqlite.js'],
  ['src/follower/loop.ts', '../ledger/state.js'],
  ['src/follower/loop.ts', '../store/decode.js'],
  ['src/follower/loop.ts', '../views/port.js'],
  ['src/commands/trade.ts', '../follower/projection.js'],
  ['src/commands/trade.ts', '../store/port.js'],
  ['src/projections/ledger.ts', '../follower/projection.js'],
  ['src/projections/ledger.ts', '../../events/catalogue.js'],
  ['src/http/bill/trade.ts', '../../commands/port.js'],
  ['src/http/bill/trade.ts', '../reply.js'],
  ['src/http/bill/trade.ts', '../../ledger/decide/trade.js'],
  ['src/http/app.ts', '../projections/ledger.js'],
  ['src/main.ts', './store/sqlite.js'],
  ['src/cli.ts', './views/sqlite.js'],
  ['src/projector.ts', './views/sqlite.js'],
  ['test/store/sqlite.test.ts', '../../src/store/sqlite.js'],
] as const

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')

/** Writes every case to a file of its own beside a copy of our configuration; gives the files Biome refuses. */
const lint = async (files: ReadonlyMap<string, string>): Promise<Set<string>> => {
  const directory = await mkdtemp(join(tmpdir(), 'counterfoil-rooms-'))
  t.teardown(() => rm(directory, { recursive: true }))
  await copyFile(join(root, 'biome.json'), join(directory, 'biome.json'))
  for (const [file, imported] of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true })
    await writeFile(join(directory, file), `import '${imported}'\n`)
  }
  const args = [biome, 'lint', '--only=noRestrictedImports', '--reporter=github', '--max-diagnostics=none', '.']
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: directory, env: {} }, (_error, stdout) => resolve(stdout))
  })
  const paths = [...report.matchAll(/title=lint\/style\/noRestrictedImports,file=(.*?),line/g)].map((match) => match[1])
  return new Set(paths.map((path) => (path ?? '').replace(`${directory}/`, '')))
}

/** A room's files may be numbered; those at the root of src/ are named in the configuration. */
const numbered = (file: string, index: number): string =>
  /^src\/[a-z]+\.ts$/.test(file) ? file : join(dirname(file), `${index}-${basename(file)}`)

t.test('imports follow the direction of the rooms', async (t) => {
  const cases = [...forbidden, ...allowed].map(([file, imported], index) => [numbered(file, index), imported] as const)
  const refused = await lint(new Map(cases))
  for (const [index, [file, imported]] of cases.entries())
    if (index < forbidden.length) t.ok(refused.has(file), `${file} may not import ${imported}`)
    else t.notOk(refused.has(file), `${file} may import ${imported}`)
})
