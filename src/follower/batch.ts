import type { LedgerEvent } from '../../events/envelope.js'
import type { Decode } from '../store/decode.js'
import type { RetentionSet } from '../store/errors.js'
import type { Position, RecordedEvent } from '../store/port.js'

/** Consecutive events of the log, at least one; `positions[i]` is the place of `events[i]`. */
export interface FollowedBatch {
  readonly events: readonly LedgerEvent[]
  readonly positions: readonly Position[]
}

/** A place in the log together with the number of the event there. */
export interface Place {
  readonly position: Position
  readonly leaf: number
}

export interface LastPlace extends Place {
  /** Of the event there. */
  readonly id: string
}

/** Why a consumer takes nothing more; the event is the one it could not take. */
export interface Stopped {
  readonly code: string
  readonly reason: string
  readonly stream: string | null
  readonly revision: number | null
  readonly position: Position | null
}

export const stoppedBySetting = ({ code, message, stream, position }: RetentionSet): Stopped => ({
  code,
  reason: message,
  stream,
  revision: null,
  position,
})

export interface Decoded {
  /** All that came before the first undecodable event, in at most `max` events. */
  readonly batch: FollowedBatch
  /** The event right behind the batch, where it cannot be decoded. */
  readonly stopped: Stopped | null
}

/** Characters of data in one batch: an event that issues a thousand coupons has 80,000 of them, and changes as many documents. */
const MAX_DATA = 2 * 1024 * 1024

/** Decodes events from `from` on, at least one where there is one; the first of them has the number `leaf`. */
export const decodeEvents = (
  recorded: readonly RecordedEvent[],
  decode: Decode,
  { from, max, leaf }: { readonly from: number; readonly max: number; readonly leaf: number },
): Decoded => {
  const events: LedgerEvent[] = []
  const positions: Position[] = []
  let data = 0
  for (const one of recorded.slice(from, from + max)) {
    try {
      events.push(decode(one, leaf + events.length))
    } catch (error) {
      const { stream, revision, position } = one
      const stopped = { code: codeOf(error, 'undecodable'), reason: reasonOf(error), stream, revision, position }
      return { batch: { events, positions }, stopped }
    }
    positions.push(one.position)
    data += one.data.length
    if (data >= MAX_DATA) break
  }
  return { batch: { events, positions }, stopped: null }
}

/** The last place of a batch; `null` of an empty one. */
export const lastPlace = ({ events, positions }: FollowedBatch): LastPlace | null => {
  const event = events.at(-1)
  const position = positions.at(-1)
  return event === undefined || position === undefined ? null : { position, id: event.id, leaf: event.leaf }
}

/** What comes behind a number. */
export const batchAfter = (batch: FollowedBatch, leaf: number): FollowedBatch => {
  const first = batch.events[0]
  const skip = first === undefined ? 0 : leaf + 1 - first.leaf
  return skip <= 0 ? batch : { events: batch.events.slice(skip), positions: batch.positions.slice(skip) }
}

/** The `code` of an error of ours; those of Node and SQLite, in capitals, say nothing to whoever runs it. */
export const codeOf = (error: unknown, otherwise: string): string =>
  error instanceof Error && 'code' in error && /^[a-z_]+$/.test(String(error.code)) ? String(error.code) : otherwise

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
