import type { Place, Proposed } from './record.js'

/**
 * The few messages that are written for every event, by hand: encoding them with the generated classes
 * takes most of the time of a read. Field numbers are those of `streams_pb.js` in the client package.
 */
const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}

const number = (field: number, value: number): Buffer => Buffer.from([field * 8, ...varint(value)])

/** A length-delimited field: bytes, a string, a message. */
const field = (name: number, ...parts: readonly Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([name * 8 + 2, ...varint(length)]), ...parts])
}

const text = (name: number, value: string): Buffer => field(name, Buffer.from(value))

const entry = (key: string, value: string): Buffer => field(6, text(1, key), text(2, value))

/** `ReadResp.ReadEvent.RecordedEvent`. */
export const protocolEvent = (proposed: Proposed, { position, stream, revision, created }: Place): Buffer =>
  Buffer.concat([
    field(1, text(2, proposed.id)),
    field(2, text(3, stream)),
    number(3, revision),
    number(4, position),
    number(5, position),
    entry('type', proposed.type),
    entry('created', `${created}0000`),
    entry('content-type', proposed.contentType),
    field(7, proposed.metadata),
    field(8, proposed.data),
  ])

/** `ReadResp` with the event in it. */
export const eventResponse = (event: Buffer, position: number): Buffer => field(1, field(1, event), number(3, position))
