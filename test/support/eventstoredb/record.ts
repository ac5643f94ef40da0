import { protocolEvent } from './wire.js'

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

export interface Place {
  readonly position: number
  readonly stream: string
  readonly revision: number
  /** Milliseconds since 1970. */
  readonly created: number
}

const HEAD = 28
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The id as the server keeps it. Throws what the real one answers as a bad request. */
export const uuidOf = (text: string): string => {
  const id = text.toLowerCase()
  if (!UUID.test(id)) throw new TypeError('Unrecognized Guid format.')
  return id
}

/** Layout: length of all of it, revision, id (16 bytes), lengths of stream and type, the two, the event. */
export const encodeRecord = (proposed: Proposed, place: Place): Buffer => {
  const event = protocolEvent(proposed, place)
  const stream = Buffer.from(place.stream)
  const type = Buffer.from(proposed.type)
  const head = Buffer.allocUnsafe(HEAD)
  head.writeUInt32LE(HEAD + stream.length + type.length + event.length, 0)
  head.writeUInt32LE(place.revision, 4)
  head.write(proposed.id.replaceAll('-', ''), 8, 'hex')
  head.writeUInt16LE(stream.length, 24)
  head.writeUInt16LE(type.length, 26)
  return Buffer.concat([head, stream, type, event])
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
