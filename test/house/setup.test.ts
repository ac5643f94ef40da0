import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/root.js'

const directory = mkdtempSync(join(tmpdir(), 'counterfoil-setup-'))
t.teardown(() => rmSync(directory, { recursive: true }))
for (const name of ['scripts', 'package.json', 'package-lock.json'])
  cpSync(join(root, name), join(directory, name), { recursive: true })
writeFileSync(
  join(directory, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: { module: 'nodenext', rootDir: '.', outDir: 'dist', types: [] },
    include: ['src'],
  }),
)
mkdirSync(join(directory, 'src'))
writeFileSync(join(directory, 'src', 'kept.ts'), 'export const kept = 1\n')
writeFileSync(join(directory, 'src', 'other.ts'), 'export const other = 2\n')

/** Without the variables by which c8 and tap follow child processes: nobody asks how much of the compiler was run. */
const setup = (): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  return { status, said: stdout + stderr }
}

const built = (name: string): boolean => existsSync(join(directory, 'dist', 'src', `${name}.js`))

t.test('packages behind a link are never touched', async (t) => {
  symlinkSync(join(directory, 'src'), join(directory, 'node_modules'))
  const { status, said } = setup()
  t.equal(status, 1)
  t.match(said, 'node_modules is a link')
  rmSync(join(directory, 'node_modules'))
})

t.test('it builds what is not built, and then has nothing to say or do', async (t) => {
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  t.same(setup(), { status: 0, said: '' })
  t.ok(built('kept'))
  rmSync(join(directory, 'dist', 'src', 'kept.js'))
  t.same(setup(), { status: 0, said: '' })
  t.notOk(built('kept'), 'no compiler ran')
})

t.test('a source that is gone leaves nothing in the build', async (t) => {
  rmSync(join(directory, 'src', 'other.ts'))
  t.same(setup(), { status: 0, said: '' })
  t.notOk(built('other'))
  t.ok(built('kept'))
})

t.test('a source that does not compile stops it', async (t) => {
  writeFileSync(join(directory, 'src', 'kept.ts'), 'export const kept: string = 1\n')
  const { status, said } = setup()
  t.equal(status, 1)
  t.match(said, /src\/kept\.ts[\s\S]*do not compile/)
})
