import { Ajv, type ValidateFunction } from 'ajv'
import type { EventDefinition } from '../../events/define.js'
import { type Metadata, metadataSchema } from '../../events/envelope.js'

type Data = Readonly<Record<string, unknown>>

/** What the events of a catalogue and their metadata must look like. A check answers `null`, or says what is wrong. */
export interface Schemas {
  /** `null`: no such stored type. */
  data(storedType: string): ValidateFunction<Data> | null
  readonly metadata: ValidateFunction<Metadata>
}

/** Each schema is compiled when it is first needed, once. */
export const createSchemas = (catalogue: readonly EventDefinition[]): Schemas => {
  const ajv = new Ajv({ strict: true, allErrors: false })
  const definitions = new Map(catalogue.map((definition) => [definition.storedType, definition]))
  const compiled = new Map<string, ValidateFunction<Data>>()
  const compile = (storedType: string): ValidateFunction<Data> | null => {
    const definition = definitions.get(storedType)
    if (definition === undefined) return null
    const validate = ajv.compile<Data>(definition.schema)
    compiled.set(storedType, validate)
    return validate
  }
  return {
    data: (storedType) => compiled.get(storedType) ?? compile(storedType),
    metadata: ajv.compile<Metadata>(metadataSchema),
  }
}

/** What the last failed call of a check found: where, and which rule; never the value. */
export const failure = (part: string, validate: ValidateFunction<Data> | ValidateFunction<Metadata>): string =>
  `${part}${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`
