import { sharedFields, Writer, writeEvent } from './wire.js'

/** An event as an append brings it. */
export interface Proposed {
  /** UUID, lower case. */
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

/** An event as it lies in the log; `event` is a `ReadResp.ReadEvent.RecordedEvent`, ready for the wire. */
export interface Recorded {
  /** The byte in the file at which it begins: commit and prepare position in one. */
  readonly position: number
  readonly revision: number
  readonly id: string
  readonly stream: string
  readonly type: string
  readonly event: Buffer
}

/** Where an append is to lie. */
export interface Place {
  readonly stream: string
  /** Of its first event. */
  readonly revision: number
  readonly position: number
  /** Milliseconds since 1970. */
  readonly created: number
}

export interface Encoded {
  readonly bytes: Buffer
  readonly positions: readonly number[]
}

const HEAD = 28
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The id as the server keeps it. Throws what the real one answers as a bad request. */
export const uuidOf = (text: string): string => {
  const id = text.toLowerCase()
  if (!UUID.test(id)) throw new TypeError('Unrecognized Guid format.')
  return id
}

const sharer = ({ stream, created }: Place): ((event: Proposed) => Buffer) => {
  const known = new Map<string, Buffer>()
  return ({ type, contentType }) => {
    const key = `${contentType} ${type}`
    const shared = known.get(key) ?? sharedFields(stream, type, contentType, created)
    known.set(key, shared)
    return shared
  }
}

/** Layout of each: length of all of it, revision, id (16 bytes), lengths of stream and type, the two, the event. */
export const encodeRecords = (events: readonly Proposed[], place: Place): Encoded => {
  const writer = new Writer()
  const stream = Buffer.from(place.stream)
  const sharedOf = sharer(place)
  const positions: number[] = []
  for (const [offset, event] of events.entries()) {
    const at = writer.room(8)
    const type = Buffer.from(event.type)
    const revision = place.revision + offset
    const position = place.position + at
    positions.push(position)
    writer.uint32(revision, at + 4)
    writer.raw(Buffer.from(event.id.replaceAll('-', ''), 'hex'))
    const lengths = writer.room(4)
    writer.uint16(stream.length, lengths)
    writer.uint16(type.length, lengths + 2)
    writer.raw(stream)
    writer.raw(type)
    const { id, data, metadata } = event
    writeEvent(writer, { id, revision, position, shared: sharedOf(event), data, metadata })
    writer.uint32(writer.length - at, at)
  }
  return { bytes: writer.done(), positions }
}

const uuidAt = (bytes: Buffer, at: number): string => {
  const hex = bytes.toString('hex', at, at + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** How many bytes the record takes that begins there. */
export const recordLength = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at)

export const decodeRecord = (bytes: Buffer, at: number, position: number): Recorded => {
  const typeAt = at + HEAD + bytes.readUInt16LE(at + 24)
  const eventAt = typeAt + bytes.readUInt16LE(at + 26)
  return {
    position,
    revision: bytes.readUInt32LE(at + 4),
    id: uuidAt(bytes, at + 8),
    stream: bytes.toString('utf8', at + HEAD, typeAt),
    type: bytes.toString('utf8', typeAt, eventAt),
    event: bytes.subarray(eventAt, at + recordLength(bytes, at)),
  }
}
