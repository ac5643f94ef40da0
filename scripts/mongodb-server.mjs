// Fetches and compiles the server of the tests that speaks MongoDB's protocol, where that is still to do. Fails, and says what is missing.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('../test/support/mongodb-server', import.meta.url))

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { cwd: home, stdio: ['ignore', 2, 2] })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}

const changed = (...names) => statSync(join(home, ...names), { throwIfNoEntry: false })?.mtimeMs ?? 0

const fetch = ['-q', '-B', 'dependency:copy-dependencies']
const compile = ['-cp', join('target', 'dependency', '*'), '-d', join('target', 'classes'), 'Launcher.java']
const there =
  (changed('target', 'dependency') > changed('pom.xml') || run('mvn', fetch)) &&
  (changed('target', 'classes', 'Launcher.class') > changed('Launcher.java') || run('javac', compile))
if (!there) {
  console.error(`The server of the tests needs Java 17 or newer with its compiler, and Maven (on Debian: apt-get install
openjdk-17-jdk-headless maven).`)
  process.exit(1)
}
