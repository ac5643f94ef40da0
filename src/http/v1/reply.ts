import type { LedgerEvent } from '../../../events/envelope.js'
import { type Writable, writeJson } from '../json.js'
import type { Done, Settled } from '../route.js'
import { problemOf } from './problem.js'

/** In the order in which an event is stored, whether it was read again or was just decided. */
export const inOrder = (data: object): { readonly [name: string]: Writable } =>
  Object.fromEntries(
    Object.entries(data)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, ordered(value)]),
  )

const ordered = (value: Writable): Writable => {
  if (Array.isArray(value)) return value.map(ordered)
  return typeof value === 'object' && value !== null ? inOrder(value) : value
}

/** What of an event a reply shows. */
interface Shown extends Pick<LedgerEvent, 'type' | 'leaf' | 'metadata'> {
  readonly data: object
}

/** What every write replies: its event, flat. The same for a repeated request, since it comes from the log alone. */
export const eventOf = ({ type, leaf, metadata, data }: Shown) => ({
  type,
  leaf,
  recordedAt: metadata.recordedAt,
  effectiveDate: metadata.effectiveDate,
  ...inOrder(data),
})

export const eventReply = ({ event }: Done): string => writeJson(eventOf(event))

/** An event as history shows it: where it lies, and all that is known but the client's key. */
export const fullEventOf = ({ id, type, leaf, stream, revision, data, metadata }: LedgerEvent): Writable => {
  const { key: _, fingerprint: __, ...rest } = metadata
  return { id, type, leaf, stream, revision, data, metadata: rest }
}

/** The same of an event that has a `type` of its own, an item's. */
export const itemEventOf = ({ type, leaf, metadata, data }: LedgerEvent) => ({
  event: type,
  leaf,
  recordedAt: metadata.recordedAt,
  ...inOrder(data),
})

export const itemEventReply = ({ event }: Done): string => writeJson(itemEventOf(event))

/** What became of one of many. */
export const resultOf =
  (show: (event: LedgerEvent) => Writable) =>
  (settled: Settled): Writable =>
    settled.kind === 'done'
      ? { status: 201, event: show(settled.done.event) }
      : { status: problemOf(settled.refused).status, error: problemOf(settled.refused) }
