import { ANY, NO_STREAM, revisionOf, STREAM_EXISTS } from './expected.js'
import type { streams } from './protocol.js'
import { type Proposed, uuidOf } from './record.js'

type Options = streams.BatchAppendReq.Options | streams.AppendReq.Options
type Message = streams.BatchAppendReq.ProposedMessage | streams.AppendReq.ProposedMessage

export const streamOf = (options: Options): string =>
  Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8')

export const expectedOf = (options: Options): number => {
  if (options.hasAny()) return ANY
  if (options.hasNoStream()) return NO_STREAM
  if (options.hasStreamExists()) return STREAM_EXISTS
  return revisionOf('getRevision' in options ? options.getRevision() : options.getStreamPosition())
}

export const proposedOf = (message: Message): Proposed => {
  const metadata = message.getMetadataMap()
  return {
    id: uuidOf(message.getId()?.getString() ?? ''),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }
}

export const sizeOf = ({ type, data, metadata }: Proposed): number => 2 * type.length + data.length + metadata.length
