/**
 * Writes the JSON Schemas of all stored events, from the built catalogue: node scripts/schemas.mjs [--check] [folder]
 * `--check` writes nothing and fails, naming each file that is missing, stale or nobody's.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { catalogue } from '../dist/events/catalogue.js'
import { metadataSchema } from '../dist/events/envelope.js'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } })
const folder = positionals[0] ?? fileURLToPath(new URL('../events/schemas', import.meta.url))

const text = (title, schema) => {
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', $id: `counterfoil:${title}`, title }
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`
}

const wanted = new Map([
  ...catalogue.map(({ storedType, schema }) => [`${storedType}.json`, text(storedType, schema)]),
  ['metadata.json', text('metadata', metadataSchema)],
])

mkdirSync(folder, { recursive: true })
const found = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

if (values.check) {
  const wrong = [
    ...[...wanted].filter(([name, is]) => found.get(name) !== is).map(([name]) => `${name}: missing or stale`),
    ...[...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name}: in no catalogue`),
  ]
  for (const line of wrong) console.error(`events/schemas: ${line}`)
  if (wrong.length > 0)
    console.error('A published version is never edited. After a new one: npm run build && node scripts/schemas.mjs')
  process.exitCode = wrong.length > 0 ? 1 : 0
} else {
  for (const [name, is] of wanted) writeFileSync(join(folder, name), is)
}
