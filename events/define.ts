/** A JSON Schema of an object, kept as a literal so that the TypeScript type can be inferred from it. */
export interface ObjectSchema {
  readonly type: 'object'
  readonly additionalProperties: false
  readonly required: readonly string[]
  readonly properties: Readonly<Record<string, unknown>>
}

/** One published version of one event type. Never edited once published: a change is a new version and an upcast. */
export interface EventDefinition<Type extends string = string, Schema extends ObjectSchema = ObjectSchema> {
  readonly type: Type
  readonly version: number
  /** What the store keeps as the event's type: `Traded.v1`. */
  readonly storedType: string
  readonly schema: Schema
}

/** Declares an event once: the type is inferred from the schema, the `.json` schema is generated from it. */
export const defineEvent = <const Type extends string, const Schema extends ObjectSchema>(declared: {
  type: Type
  version: number
  schema: Schema
}): EventDefinition<Type, Schema> => ({ ...declared, storedType: `${declared.type}.v${declared.version}` })

/** Lifts the data of one stored version to the next one. Pure; applied after validation, never written back. */
export interface Upcast {
  readonly from: string
  readonly to: string
  readonly apply: (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}
