import { hash } from 'node:crypto'
import { catalogue, type Fact } from '../../events/catalogue.js'
import type { EventDefinition } from '../../events/define.js'
import type { Metadata } from '../../events/envelope.js'
import { canonical } from './canonical.js'
import { metadataForm } from './log-event.js'
import { type PlainForm, plainForm } from './plain.js'
import type { NewEvent } from './port.js'
import { createSchemas, failure } from './schemas.js'

const schemas = createSchemas()

interface Kind {
  readonly definition: EventDefinition
  readonly form: PlainForm
}

/** By type, the newest version. */
const newest = new Map<string, Kind>()
for (const definition of catalogue.toSorted((a, b) => a.version - b.version))
  newest.set(definition.type, { definition, form: plainForm(definition.schema) })

/**
 * A fact as the store keeps it. `expectedRevision` is that of this very event: for the second of one append, one more than for the first.
 * Throws TypeError on what `decode` would not take back: nothing may be stored that cannot be read. What has the plain form, `decode` takes.
 */
export const encode = (fact: Fact, stream: string, expectedRevision: number, metadata: Metadata): NewEvent => {
  const kind = newest.get(fact.type)
  if (kind === undefined) throw new TypeError(`${fact.type} is not in the catalogue of events`)
  const type = kind.definition.storedType
  const data = kind.form.write(fact.data) ?? dataText(fact, kind.definition)
  const meta = metadataForm.write(metadata) ?? metadataText(metadata, type)
  const id = uuidV8(hash('sha256', `[${canonical(stream)},${expectedRevision},${canonical(type)},${data},${meta}]`))
  return { id, type, data, metadata: meta }
}

const dataText = ({ data }: Fact, definition: EventDefinition): string => {
  const validate = schemas.data(definition)
  const text = canonical(data)
  if (!validate(data)) throw new TypeError(`${definition.storedType}: ${failure('data', validate)}`)
  return text
}

const metadataText = (metadata: Metadata, type: string): string => {
  const text = canonical(metadata)
  if (!schemas.metadata(metadata)) throw new TypeError(`${type}: ${failure('metadata', schemas.metadata)}`)
  return text
}

/** A UUIDv8 (RFC 9562) of the first 128 bits of a digest in hex. */
export const uuidV8 = (hex: string): string => {
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
