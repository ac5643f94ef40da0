import { Ajv } from 'ajv'
import t from 'tap'
import { surfaces } from '../../src/http/app.js'
import type { Schema } from '../../src/http/schema.js'
import { createSchemaCompiler } from '../../src/http/schema.js'

const schemas = surfaces.flatMap(({ routes }) =>
  routes.flatMap((route) => {
    const parts = { params: route.params, query: route.query, body: route.body, item: undefined as Schema | undefined }
    if (route.kind === 'bulk') parts.item = route.item
    return Object.entries(parts).flatMap(([part, schema]) =>
      schema === undefined ? [] : [{ name: `${part} of ${route.method} ${route.url}`, schema }],
    )
  }),
)

t.test('the schema of every part of every route is valid, and compiles', async (t) => {
  t.ok(schemas.length > 100)
  const meta = new Ajv({ strict: false })
  const ours = createSchemaCompiler()
  for (const { name, schema } of schemas) {
    t.ok(meta.validateSchema(schema), `${name}: ${JSON.stringify(meta.errors)}`)
    t.doesNotThrow(() => ours.compile(schema), name)
  }
})

t.test('a keyword that nobody knows, or that does nothing, is an error', async (t) => {
  const properties = { a: { type: 'string', maximum: 3 } }
  t.throws(() => createSchemaCompiler().compile({ type: 'object', properties }), /strict/)
  t.throws(() => createSchemaCompiler().compile({ type: 'object', lengthy: 3 }), /strict/)
})
