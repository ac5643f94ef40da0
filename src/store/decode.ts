import type { EventDefinition, Upcast } from '../../events/define.js'
import type { LedgerEvent, Metadata, StreamEvent } from '../../events/envelope.js'
import { Undecodable } from './errors.js'
import { flatParser } from './flat.js'
import { LogEvent, parseMetadata, plainMetadata } from './log-event.js'
import type { RecordedEvent } from './port.js'
import { createSchemas, failure } from './schemas.js'

/** Throws `Undecodable`. With its leaf number, an event is a `LogEvent`, which must not be copied by spreading. */
export interface Decode {
  (recorded: RecordedEvent): StreamEvent
  (recorded: RecordedEvent, leaf: number): LedgerEvent
}

/**
 * The only door into the program for stored events: parse, validate against the schema of the version that was stored, lift to the newest version.
 * Throws at once where a version that is not the newest has no upcast.
 */
export const createDecoder = (catalogue: readonly EventDefinition[], upcasts: readonly Upcast[]): Decode => {
  const schemas = createSchemas(catalogue)
  const kinds = kindsOf(catalogue, upcasts)
  const metadataOf = (recorded: RecordedEvent): Metadata => {
    const metadata = parsed(recorded, 'metadata', parseMetadata)
    if (!schemas.metadata(metadata)) throw new Undecodable(recorded, failure('metadata', schemas.metadata))
    return metadata
  }
  const decode = (recorded: RecordedEvent, leaf?: number): unknown => {
    const kind = kinds.get(recorded.type)
    const validate = schemas.data(recorded.type)
    if (kind === undefined || validate === null) throw new Undecodable(recorded, 'the type is not in the catalogue')
    let data = parsed(recorded, 'data', kind.parse)
    if (!validate(data)) throw new Undecodable(recorded, failure('data', validate))
    for (const upcast of kind.upcasts) data = upcast.apply(data)
    const { id, stream, revision } = recorded
    if (leaf === undefined) return { type: kind.type, data, id, stream, revision, metadata: metadataOf(recorded) }
    if (!plainMetadata.test(recorded.metadata)) metadataOf(recorded)
    return new LogEvent(kind.type, data, leaf, recorded)
  }
  // The schemas say so; TypeScript cannot tie the type's name to its schema through a table.
  return decode as Decode
}

interface Kind {
  readonly type: string
  readonly parse: (text: string) => unknown
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
    type: one.type,
    parse: flatParser(one.schema),
    upcasts: chainOf(one),
  })
  return new Map(catalogue.map((one) => [one.storedType, kindOf(one)]))
}

const parsed = (
  recorded: RecordedEvent,
  part: 'data' | 'metadata',
  parse: (text: string) => unknown,
): Readonly<Record<string, unknown>> => {
  try {
    // Whatever it is, it goes straight to the schema.
    return parse(recorded[part]) as Readonly<Record<string, unknown>>
  } catch {
    throw new Undecodable(recorded, `${part} is not JSON`)
  }
}
