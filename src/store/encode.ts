import { hash } from 'node:crypto'
import { catalogue, type Fact } from '../../events/catalogue.js'
import type { EventDefinition } from '../../events/define.js'
import type { Metadata } from '../../events/envelope.js'
import { canonical } from './canonical.js'
import type { NewEvent } from './port.js'
import { createSchemas, failure } from './schemas.js'

const schemas = createSchemas(catalogue)

const newest = new Map<string, EventDefinition>()
for (const definition of catalogue.toSorted((a, b) => a.version - b.version)) newest.set(definition.type, definition)

/**
 * A fact as the store keeps it. `expectedRevision` is that of this very event: for the second of one append, one more than for the first.
 * Throws TypeError on what `decode` would not take back: nothing may be stored that cannot be read.
 */
export const encode = (fact: Fact, stream: string, expectedRevision: number, metadata: Metadata): NewEvent => {
  const type = newest.get(fact.type)?.storedType ?? fact.type
  const validate = schemas.data(type)
  if (validate === null) throw new TypeError(`${type} is not in the catalogue of events`)
  if (!validate(fact.data)) throw new TypeError(`${type}: ${failure('data', validate)}`)
  if (!schemas.metadata(metadata)) throw new TypeError(`${type}: ${failure('metadata', schemas.metadata)}`)
  const data = canonical(fact.data)
  const meta = canonical(metadata)
  const id = uuidV8(hash('sha256', `[${canonical(stream)},${expectedRevision},${canonical(type)},${data},${meta}]`))
  return { id, type, data, metadata: meta }
}

/** A UUIDv8 (RFC 9562) of the first 128 bits of a digest in hex. */
export const uuidV8 = (hex: string): string => {
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
