// npm run test:stores: the suites that need servers, with their coverage; leaves nothing out. With --left-out it only names
// them, for the end of `npm test`.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const given = process.env.COUNTERFOIL_TEST_MONGODB
const eventStore = process.env.COUNTERFOIL_TEST_EVENTSTORE

const testsNamed = (pattern) =>
  readdirSync(join(root, 'dist', 'test'), { recursive: true })
    .filter((name) => pattern.test(name))
    .map((name) => join('dist', 'test', name))
    .sort()

/** A test file that needs a server ends so. */
const suites = testsNamed(/\.servers\.js$/)

if (process.argv.includes('--left-out')) {
  console.log(`Left out, for they need servers (npm run test:stores): ${suites.join(', ')}`)
  process.exit(0)
}

const run = (args, stdio) => spawnSync(process.execPath, args, { cwd: root, stdio }).status === 0

if (!run([join('scripts', 'mongodb-server.mjs')], ['ignore', 2, 2])) process.exit(1)
console.log(`MongoDB: ${given === undefined ? 'mongo-java-server 1.47.0' : 'the server of COUNTERFOIL_TEST_MONGODB'}`)
if (eventStore !== undefined) {
  // `npm test` runs them too, on the double.
  suites.unshift(...testsNamed(/eventstoredb[^/\\]*\.test\.js$/))
  console.log('EventStoreDB: the server of COUNTERFOIL_TEST_EVENTSTORE')
}
const c8 = join('node_modules', 'c8', 'bin', 'c8.js')
const tap = join('node_modules', '.bin', 'tap')
process.exit(run([c8, '--config', '.c8rc.stores.json', tap, 'run', ...suites], 'inherit') ? 0 : 1)
