// Before start and test: installs when the lock file says otherwise than node_modules, builds when a source changed.
// Silent when there is nothing to do; all it says goes to stderr.
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => join(root, ...parts)

const fail = (message) => {
  console.error(message)
  process.exit(1)
}

const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' }).status === 0

/** npm writes node_modules/.package-lock.json last: what it lists is installed. */
const installed = () => {
  const hidden = at('node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, { version, optional, peer }]) =>
      path === '' || present[path]?.version === version || (present[path] === undefined && (optional || peer)),
  )
}

const onPath = (names) =>
  names.some((name) => (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, name))))

const install = () => {
  // npm would empty the directory behind the link, which others may be using.
  if (lstatSync(at('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    fail('node_modules is a link, and what it leads to does not match package-lock.json: install there.')
  console.error('Installing packages; better-sqlite3 may have to be compiled, which takes a minute or two …')
  if (run('npm', ['ci'])) return
  if (process.platform === 'win32' || (onPath(['c++', 'g++', 'clang++']) && onPath(['make']) && onPath(['python3'])))
    fail('The packages could not be installed; npm says above why.')
  fail(`better-sqlite3 has no ready binary for Node ${process.versions.node} here and could not be compiled.
Install a C++ compiler, make and Python 3 (on Debian: apt-get install build-essential python3), then try again.`)
}

/** Every source by name, size and time: the build is fresh when the list is the one of the last build. */
const sources = () =>
  ['events', 'src', 'test', 'bench']
    .flatMap((room) =>
      existsSync(at(room)) ? readdirSync(at(room), { recursive: true }).map((name) => join(room, name)) : [],
    )
    .filter((name) => name.endsWith('.ts'))
    .concat('tsconfig.json', 'package-lock.json')
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(at(name))
      return `${name} ${size} ${mtimeMs}`
    })

const build = () => {
  const stamp = at('dist', '.sources')
  const last = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : []
  const now = sources()
  if (last.join('\n') === now.join('\n')) return
  const names = new Set(now.map((line) => line.split(' ', 1)[0]))
  if (last.length === 0 || last.some((line) => !names.has(line.split(' ', 1)[0])))
    rmSync(at('dist'), { recursive: true, force: true })
  mkdirSync(at('dist'), { recursive: true })
  if (!run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']))
    fail('The sources do not compile; the compiler says above where.')
  writeFileSync(stamp, now.join('\n'))
}

if (!installed()) install()
build()
