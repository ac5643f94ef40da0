import { AppendTooLarge } from './errors.js'
import { MAX_APPEND_BYTES, type NewEvent } from './port.js'

/** UTF-8 never needs more for one UTF-16 unit, so short text need not be counted exactly. */
const BYTES_PER_UNIT = 3

/** Throws `AppendTooLarge`, and TypeError for an append without events, which is a mistake of the caller. */
export const checkSize = (events: readonly NewEvent[]): void => {
  if (events.length === 0) throw new TypeError('an append needs at least one event')
  let units = 0
  for (const { type, data, metadata } of events) units += type.length + data.length + metadata.length
  if (units * BYTES_PER_UNIT <= MAX_APPEND_BYTES) return
  let bytes = 0
  for (const { type, data, metadata } of events) bytes += Buffer.byteLength(type + data + metadata)
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLarge(`an append may carry ${MAX_APPEND_BYTES} bytes, not ${bytes}`)
}
