import type { TransformCallback, TransformOptions } from 'node:stream'
import streams from '@eventstore/db-client/generated/streams_pb.js'

/** An event as it came over the wire. */
export interface Raw {
  readonly stream: string
  readonly revision: number
  readonly position: number
  readonly id: string
  readonly type: string
  readonly data: string
  readonly metadata: string
  /** The server's clock when it was stored, in milliseconds since 1970. */
  readonly created: number
}

export type RawOptions = Pick<TransformOptions, 'objectMode' | 'transform'>

const TICKS_PER_MS = 10_000

const rawOf = (event: streams.ReadResp.ReadEvent.RecordedEvent): Raw => ({
  stream: text(event.getStreamIdentifier()?.getStreamName_asU8()),
  revision: Number(event.getStreamRevision()),
  position: Number(event.getCommitPosition()),
  id: event.getId()?.getString() ?? '',
  type: event.getMetadataMap().get('type') ?? '',
  data: text(event.getData_asU8()),
  metadata: text(event.getCustomMetadata_asU8()),
  created: Math.floor(Number(event.getMetadataMap().get('created')) / TICKS_PER_MS),
})

const text = (bytes: Uint8Array = new Uint8Array()): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/**
 * Options that have a read or a subscription of the client hand over the server's own messages. The client would parse data and metadata
 * as JSON, and their bytes would be lost. `take` answers `false`: nothing more until `next` was called. `began`: the server has agreed.
 */
export const rawEvents = (
  take: (event: Raw, next: () => void) => boolean,
  began: () => void = () => undefined,
): RawOptions => ({
  objectMode: true,
  transform: (message: unknown, _encoding: BufferEncoding, next: TransformCallback) => {
    const answer = message instanceof streams.ReadResp ? message : undefined
    if (answer?.hasConfirmation()) began()
    const event = answer?.getEvent()?.getEvent()
    if (event === undefined || take(rawOf(event), next)) next()
  },
})
