import { _, Ajv, type CodeKeywordDefinition, str, type ValidateFunction } from 'ajv'
import type { EventDefinition } from '../../events/define.js'
import { type Metadata, metadataSchema } from '../../events/envelope.js'

type Data = Readonly<Record<string, unknown>>

/** What the events of a catalogue and their metadata must look like. A check answers `null`, or says what is wrong. */
export interface Schemas {
  data(definition: EventDefinition): ValidateFunction<Data>
  readonly metadata: ValidateFunction<Metadata>
}

/** Each schema is compiled when it is first needed, once. */
export const createSchemas = (): Schemas => {
  // Ours are valid schemas, as tests see to; to check them at each start takes longer than to compile them.
  const ajv = new Ajv({ strict: true, allErrors: false, meta: false, validateSchema: false })
  for (const definition of lengths) ajv.removeKeyword(definition.keyword).addKeyword(definition)
  const compiled = new Map<EventDefinition, ValidateFunction<Data>>()
  let metadata: ValidateFunction<Metadata> | null = null
  const compile = (definition: EventDefinition): ValidateFunction<Data> => {
    const validate = ajv.compile<Data>(definition.schema)
    compiled.set(definition, validate)
    return validate
  }
  return {
    data: (definition) => compiled.get(definition) ?? compile(definition),
    get metadata() {
      metadata ??= ajv.compile<Metadata>(metadataSchema)
      return metadata
    },
  }
}

/**
 * Ajv's own count a text's characters one by one before any other look at it, which is half the cost of a check. A text has at most as many
 * characters as UTF-16 units and at least half as many, so mostly its length says enough.
 */
const lengths = [
  {
    keyword: 'maxLength',
    type: 'string',
    schemaType: 'number',
    error: { message: ({ schemaCode }) => str`must NOT have more than ${schemaCode} characters` },
    code: (cxt) => cxt.fail(_`${cxt.data}.length > ${cxt.schemaCode} && [...${cxt.data}].length > ${cxt.schemaCode}`),
  },
  {
    keyword: 'minLength',
    type: 'string',
    schemaType: 'number',
    error: { message: ({ schemaCode }) => str`must NOT have fewer than ${schemaCode} characters` },
    code: (cxt) =>
      cxt.fail(_`${cxt.data}.length < 2 * ${cxt.schemaCode} && [...${cxt.data}].length < ${cxt.schemaCode}`),
  },
] satisfies (CodeKeywordDefinition & { keyword: string })[]

/** What the last failed call of a check found: where, and which rule; never the value. */
export const failure = (part: string, validate: ValidateFunction<Data> | ValidateFunction<Metadata>): string =>
  `${part}${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`
