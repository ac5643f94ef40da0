import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type AnySchema } from 'ajv'
import t from 'tap'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { metadataSchema } from '../../events/envelope.js'

const root = new URL('../../../', import.meta.url)
const schemas = new URL('events/schemas/', root)
const golden = new URL('test/events/golden/', root)

interface Stored {
  readonly type?: unknown
  readonly data?: Record<string, unknown>
  readonly metadata?: unknown
}

const read = (folder: URL, name: string): Stored => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

const generate = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('scripts/schemas.mjs', root)), ...args], { encoding: 'utf8' })

/** Strict, so that a keyword that does nothing is an error. */
const ajv = () => new Ajv({ strict: true })

t.test('the committed schemas are those of the catalogue', async (t) => {
  const check = generate('--check')
  t.equal(check.status, 0, check.stderr)
})

t.test('a schema that is stale, missing or nobody’s is named', async (t) => {
  const folder = t.testdir()
  t.equal(generate(folder).status, 0)
  t.equal(generate('--check', folder).status, 0)
  writeFileSync(`${folder}/Traded.v1.json`, '{}')
  writeFileSync(`${folder}/Stolen.v1.json`, '{}')
  rmSync(`${folder}/metadata.json`)
  const check = generate('--check', folder)
  t.equal(check.status, 1)
  t.match(check.stderr, /Traded\.v1\.json: missing or stale/)
  t.match(check.stderr, /metadata\.json: missing or stale/)
  t.match(check.stderr, /Stolen\.v1\.json: in no catalogue/)
})

t.test('every published version keeps one golden event, which its schema accepts', async (t) => {
  t.strictSame(readdirSync(golden).sort(), catalogue.map(({ storedType }) => `${storedType}.json`).sort())
  const metadata = ajv().compile(read(schemas, 'metadata.json') as AnySchema)
  for (const { storedType } of catalogue) {
    const event = read(golden, `${storedType}.json`)
    const data = ajv().compile(read(schemas, `${storedType}.json`) as AnySchema)
    t.equal(event.type, storedType)
    t.ok(data(event.data), `${storedType}: ${JSON.stringify(data.errors)}`)
    t.ok(metadata(event.metadata), `${storedType}: ${JSON.stringify(metadata.errors)}`)
    t.strictSame(Object.keys(event), ['stream', 'revision', 'id', 'type', 'data', 'metadata'])
  }
})

t.test('a golden event shows every field its schema knows', async (t) => {
  for (const { storedType, schema } of catalogue) {
    const { data } = read(golden, `${storedType}.json`)
    t.strictSame(Object.keys(data ?? {}).sort(), Object.keys(schema.properties).sort(), storedType)
  }
})

t.test('no schema accepts a field that is missing, unknown or of another type', async (t) => {
  for (const { storedType, schema } of catalogue) {
    const accepts = ajv().compile(schema)
    const data = read(golden, `${storedType}.json`).data ?? {}
    for (const field of schema.required) {
      t.notOk(accepts(without(data, field)), `${storedType} without ${field}`)
    }
    for (const field of Object.keys(data)) {
      t.notOk(accepts({ ...data, [field]: { $gt: '' } }), `${storedType} with an object as ${field}`)
    }
    t.notOk(accepts({ ...data, extra: 1 }), `${storedType} with a field too many`)
  }
})

const without = (data: Record<string, unknown>, field: string) =>
  Object.fromEntries(Object.entries(data).filter(([name]) => name !== field))

t.test('every text in a schema is bounded, and every required field is described', async (t) => {
  for (const [name, schema] of [
    ...catalogue.map(({ storedType, schema }) => [storedType, schema] as const),
    ['metadata', metadataSchema] as const,
  ]) {
    for (const part of parts(schema)) {
      if (part.type === 'string') t.type(part.maxLength, 'number', `${name}: ${JSON.stringify(part)}`)
    }
    for (const field of schema.required) t.ok(field in schema.properties, `${name}: ${field}`)
  }
})

interface Part {
  readonly type?: unknown
  readonly maxLength?: unknown
}

const parts = (value: unknown): Part[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : []

t.test('every version but the newest of a type has an upcast to the next', async (t) => {
  const newest = new Map(
    catalogue.toSorted((a, b) => a.version - b.version).map(({ type, storedType }) => [type, storedType]),
  )
  const older = catalogue.map(({ storedType }) => storedType).filter((stored) => ![...newest.values()].includes(stored))
  t.strictSame(upcasts.map(({ from }) => from).sort(), older.sort())
})

t.test('names of accounts may be any letters, never a separator of ours', async (t) => {
  const accepts = ajv().compile(catalogue[0].schema)
  const opened = (owner: string) => accepts({ owner, currency: 'EUR', creditLimit: '0.00' })
  for (const name of ['a', '张伟', 'anna.müller', 'shop@example.org', '7-eleven', 'x'.repeat(64)])
    t.ok(opened(name), name)
  for (const name of ['', '.a', '-', 'a b', 'system:x', 'a/b', 'a\n', '$ne', 'x'.repeat(65)])
    t.notOk(opened(name), name)
})
