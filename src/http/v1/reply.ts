import type { LedgerEvent } from '../../../events/envelope.js'
import { type Writable, writeJson } from '../json.js'
import type { Done } from '../route.js'

/** What every write replies: its event, flat. The same for a repeated request, since it comes from the log alone. */
export const eventOf = ({ type, leaf, metadata, data }: LedgerEvent) => ({
  type,
  leaf,
  recordedAt: metadata.recordedAt,
  effectiveDate: metadata.effectiveDate,
  ...data,
})

export const eventReply = ({ event }: Done): string => writeJson(eventOf(event))

/** An event as history shows it: where it lies, and all that is known but the client's key. */
export const fullEventOf = ({ id, type, leaf, stream, revision, data, metadata }: LedgerEvent): Writable => {
  const { key: _, fingerprint: __, ...rest } = metadata
  return { id, type, leaf, stream, revision, data, metadata: rest }
}
