import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from '../support/root.js'

const holdsTypesOnly = (path: string): boolean =>
  readFileSync(path, 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .trim() === 'export {};'

/** Nothing imports these when running, so coverage would count all their lines as missed; loaded here, they count as run. */
const modulesOfTypes = ['events', 'src'].flatMap((room) =>
  readdirSync(join(root, 'dist', room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => join('dist', room, name))
    .filter((path) => holdsTypesOnly(join(root, path))),
)

t.test('a module of types alone holds nothing that runs', async (t) => {
  t.ok(modulesOfTypes.includes(join('dist', 'src', 'follower', 'projection.js')))
  for (const path of modulesOfTypes) t.same(Object.keys(await import(join(root, path))), [], path)
})
