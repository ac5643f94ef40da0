import type { LedgerEvent } from '../../../events/envelope.js'
import { type Writable, writeJson } from '../json.js'
import type { Done } from '../route.js'

/**
 * What every write replies: its event, flat. The same for a repeated request, byte for byte: the data's fields are in the order in
 * which the log holds them, whether the event was read from there or was decided just now.
 */
export const eventOf = ({ type, leaf, metadata, data }: LedgerEvent) => ({
  type,
  leaf,
  recordedAt: metadata.recordedAt,
  effectiveDate: metadata.effectiveDate,
  ...Object.fromEntries(Object.entries(data).sort(byName)),
})

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

export const eventReply = ({ event }: Done): string => writeJson(eventOf(event))

/** An event as history shows it: where it lies, and all that is known but the client's key. */
export const fullEventOf = ({ id, type, leaf, stream, revision, data, metadata }: LedgerEvent): Writable => {
  const { key: _, fingerprint: __, ...rest } = metadata
  return { id, type, leaf, stream, revision, data, metadata: rest }
}
