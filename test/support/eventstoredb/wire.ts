/**
 * The few messages that are written for every event, by hand: encoding them with the generated classes
 * takes most of the time of a read. Field numbers are those of `streams_pb.js` in the client package.
 */
export class Writer {
  #bytes = Buffer.allocUnsafe(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Makes room for `count` bytes; returns where they begin. */
  room(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.#length)
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return at
  }

  uint32(value: number, at: number): void {
    this.#bytes.writeUInt32LE(value, at)
  }

  uint16(value: number, at: number): void {
    this.#bytes.writeUInt16LE(value, at)
  }

  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Room first: it may move the bytes. */
  #byte(value: number): void {
    const at = this.room(1)
    this.#bytes[at] = value
  }

  varint(value: number): void {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#byte((rest % 128) + 128)
    this.#byte(rest)
  }

  number(field: number, value: number): void {
    this.varint(field * 8)
    this.varint(value)
  }

  /** A length-delimited field: bytes, a string, a message. */
  bytes(field: number, bytes: Uint8Array): void {
    this.varint(field * 8 + 2)
    this.varint(bytes.length)
    this.raw(bytes)
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

const message = (write: (writer: Writer) => void): Buffer => {
  const writer = new Writer()
  write(writer)
  return Buffer.from(writer.done())
}

const entry = (writer: Writer, key: string, value: string): void => {
  const pair = message((one) => {
    one.bytes(1, Buffer.from(key))
    one.bytes(2, Buffer.from(value))
  })
  writer.bytes(6, pair)
}

/** The part of `ReadResp.ReadEvent.RecordedEvent` that all events of one type in one append share. `created` in milliseconds. */
export const sharedFields = (stream: string, type: string, contentType: string, created: number): Buffer =>
  message((writer) => {
    writer.bytes(
      2,
      message((name) => name.bytes(3, Buffer.from(stream))),
    )
    entry(writer, 'type', type)
    entry(writer, 'created', `${created}0000`)
    entry(writer, 'content-type', contentType)
  })

interface Fields {
  readonly id: string
  readonly revision: number
  readonly position: number
  readonly shared: Buffer
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

/** `ReadResp.ReadEvent.RecordedEvent`. */
export const writeEvent = (writer: Writer, { id, revision, position, shared, data, metadata }: Fields): void => {
  const uuid = Buffer.from(id)
  writer.varint(1 * 8 + 2)
  writer.varint(uuid.length + 2)
  writer.bytes(2, uuid)
  writer.number(3, revision)
  writer.number(4, position)
  writer.number(5, position)
  writer.raw(shared)
  writer.bytes(7, metadata)
  writer.bytes(8, data)
}

/** How many bytes a number takes. */
const width = (value: number): number => (value > 127 ? 1 + width(Math.floor(value / 128)) : 1)

/** `ReadResp` with the event in it. */
export const eventResponse = (event: Buffer, position: number): Buffer => {
  const inner = 1 + width(event.length) + event.length + 1 + width(position)
  const bytes = Buffer.allocUnsafe(1 + width(inner) + inner)
  let at = 0
  const varint = (value: number): void => {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128
    bytes[at++] = rest
  }
  varint(1 * 8 + 2)
  varint(inner)
  varint(1 * 8 + 2)
  varint(event.length)
  at += event.copy(bytes, at)
  varint(3 * 8)
  varint(position)
  return bytes
}
