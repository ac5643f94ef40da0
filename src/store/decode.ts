import type { EventDefinition, Upcast } from '../../events/define.js'
import type { StreamEvent } from '../../events/envelope.js'
import { Undecodable } from './errors.js'
import type { RecordedEvent } from './port.js'
import { createSchemas, failure } from './schemas.js'

/** Throws `Undecodable`. */
export type Decode = (recorded: RecordedEvent) => StreamEvent

/**
 * The only door into the program for stored events: parse, validate against the schema of the version that was stored, lift to the newest version.
 * Throws at once where a version that is not the newest has no upcast.
 */
export const createDecoder = (catalogue: readonly EventDefinition[], upcasts: readonly Upcast[]): Decode => {
  const schemas = createSchemas(catalogue)
  const lifts = chains(catalogue, upcasts)
  return (recorded) => {
    const chain = lifts.get(recorded.type)
    const validate = schemas.data(recorded.type)
    if (chain === undefined || validate === null) throw new Undecodable(recorded, 'the type is not in the catalogue')
    let data = parse(recorded, 'data')
    if (!validate(data)) throw new Undecodable(recorded, failure('data', validate))
    for (const upcast of chain.upcasts) data = upcast.apply(data)
    const metadata = parse(recorded, 'metadata')
    if (!schemas.metadata(metadata)) throw new Undecodable(recorded, failure('metadata', schemas.metadata))
    const { id, stream, revision } = recorded
    const event: unknown = { type: chain.type, data, id, stream, revision, metadata }
    // The schemas have just said so; TypeScript cannot tie the type's name to its schema through a table.
    return event as StreamEvent
  }
}

interface Chain {
  readonly type: string
  readonly upcasts: readonly Upcast[]
}

const chains = (catalogue: readonly EventDefinition[], upcasts: readonly Upcast[]): Map<string, Chain> => {
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
  return new Map(catalogue.map((one) => [one.storedType, { type: one.type, upcasts: chainOf(one) }]))
}

const parse = (recorded: RecordedEvent, part: 'data' | 'metadata'): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(recorded[part])
  } catch {
    throw new Undecodable(recorded, `${part} is not JSON`)
  }
}
