// npm run test:stores: the suites that need servers, with their coverage; leaves nothing out. With --left-out it only names
// them, for the end of `npm test`.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, 'test', 'support', 'mongodb-server')
const given = process.env.COUNTERFOIL_TEST_MONGODB

/** A test file that needs a server ends so. */
const suites = readdirSync(join(root, 'dist', 'test'), { recursive: true })
  .filter((name) => name.endsWith('.servers.js'))
  .map((name) => join('dist', 'test', name))
  .sort()

if (process.argv.includes('--left-out')) {
  console.log(`Left out, for they need servers (npm run test:stores): ${suites.join(', ')}`)
  process.exit(0)
}

const run = (command, args, cwd, stdio) => {
  const { status, error } = spawnSync(command, args, { cwd, stdio })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}

const changed = (...names) => statSync(join(home, ...names), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Fetches and compiles the server that speaks MongoDB's protocol, where that is still to do. */
const prepare = () => {
  const fetch = ['-q', '-B', 'dependency:copy-dependencies']
  const compile = ['-cp', join('target', 'dependency', '*'), '-d', join('target', 'classes'), 'Launcher.java']
  const quiet = ['ignore', 2, 2]
  return (
    (changed('target', 'dependency') > changed('pom.xml') || run('mvn', fetch, home, quiet)) &&
    (changed('target', 'classes', 'Launcher.class') > changed('Launcher.java') || run('javac', compile, home, quiet))
  )
}

if (!prepare()) {
  console.error(`The server of the tests needs Java 17 or newer with its compiler, and Maven (on Debian: apt-get install
openjdk-17-jdk-headless maven).`)
  process.exit(1)
}
console.log(`MongoDB: ${given === undefined ? 'mongo-java-server 1.47.0' : 'the server of COUNTERFOIL_TEST_MONGODB'}`)
const c8 = join('node_modules', 'c8', 'bin', 'c8.js')
const tap = join('node_modules', '.bin', 'tap')
process.exit(
  run(process.execPath, [c8, '--config', '.c8rc.stores.json', tap, 'run', ...suites], root, 'inherit') ? 0 : 1,
)
