import type { EventDefinition, Upcast } from '../../events/define.js'
import type { LedgerEvent, Metadata, StreamEvent } from '../../events/envelope.js'
import { Undecodable } from './errors.js'
import { LogEvent, metadataForm } from './log-event.js'
import { type PlainForm, plainForm } from './plain.js'
import type { RecordedEvent } from './port.js'
import { createSchemas, failure } from './schemas.js'

/** Throws `Undecodable`. With its leaf number, an event is a `LogEvent`, which must not be copied by spreading. */
export interface Decode {
  (recorded: RecordedEvent): StreamEvent
  (recorded: RecordedEvent, leaf: number): LedgerEvent
}

/**
 * The only door into the program for stored events: parse, validate against the schema of the version that was stored, lift to the newest version.
 * What has the plain form of its schema is valid by it; everything else goes to `JSON.parse` and the schema itself.
 * Throws at once where a version that is not the newest has no upcast.
 */
export const createDecoder = (catalogue: readonly EventDefinition[], upcasts: readonly Upcast[]): Decode => {
  const schemas = createSchemas()
  const kinds = kindsOf(catalogue, upcasts)
  const metadataOf = (recorded: RecordedEvent): Metadata => {
    const metadata = parsed(recorded, 'metadata')
    if (!schemas.metadata(metadata)) throw new Undecodable(recorded, failure('metadata', schemas.metadata))
    return metadata
  }
  const dataOf = (recorded: RecordedEvent, definition: EventDefinition): Data => {
    const validate = schemas.data(definition)
    const data = parsed(recorded, 'data')
    if (!validate(data)) throw new Undecodable(recorded, failure('data', validate))
    return data
  }
  const decode = (recorded: RecordedEvent, leaf?: number): unknown => {
    const kind = kinds.get(recorded.type)
    if (kind === undefined) throw new Undecodable(recorded, 'the type is not in the catalogue')
    let data = kind.form.read(recorded.data) ?? dataOf(recorded, kind.definition)
    for (const upcast of kind.upcasts) data = upcast.apply(data)
    if (leaf === undefined) {
      const { id, stream, revision } = recorded
      const metadata = metadataForm.read(recorded.metadata) ?? metadataOf(recorded)
      return { type: kind.definition.type, data, id, stream, revision, metadata }
    }
    if (!metadataForm.test(recorded.metadata)) metadataOf(recorded)
    return new LogEvent(kind.definition.type, data, leaf, recorded)
  }
  // The schemas say so; TypeScript cannot tie the type's name to its schema through a table.
  return decode as Decode
}

type Data = Readonly<Record<string, unknown>>

interface Kind {
  readonly definition: EventDefinition
  readonly form: PlainForm
  readonly upcasts: readonly Upcast[]
}

const kindsOf = (catalogue: readonly EventDefinition[], upcasts: readonly Upcast[]): Map<string, Kind> => {
  const versions = new Map<string, number>()
  for (const { type, version } of catalogue) versions.set(type, Math.max(version, versions.get(type) ?? 0))
  const chainOf = (definition: EventDefinition): readonly Upcast[] => {
    if (definition.version === versions.get(definition.type)) return []
    const upcast = upcasts.find(({ from }) => from === definition.storedType)
    const next = catalogue.find(({ storedType }) => storedType === upcast?.to)
    if (upcast === undefined || next?.type !== definition.type || next.version <= definition.version) {
      throw new Error(`${definition.storedType} has no upcast to a newer version`)
    }
    return [upcast, ...chainOf(next)]
  }
  const kindOf = (one: EventDefinition): Kind => ({
    definition: one,
    form: plainForm(one.schema),
    upcasts: chainOf(one),
  })
  return new Map(catalogue.map((one) => [one.storedType, kindOf(one)]))
}

const parsed = (recorded: RecordedEvent, part: 'data' | 'metadata'): Data => {
  try {
    // Whatever it is, it goes straight to the schema.
    return JSON.parse(recorded[part]) as Data
  } catch {
    throw new Undecodable(recorded, `${part} is not JSON`)
  }
}
