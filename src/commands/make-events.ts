import type { EventType, Fact } from '../../events/catalogue.js'
import type { Envelope, Metadata, StreamEvent } from '../../events/envelope.js'
import { streamOf } from '../ledger/streams.js'
import type { NewEvent } from '../store/port.js'
import type { Entry } from './entry.js'

export interface MadeEvent {
  readonly event: StreamEvent
  readonly encoded: NewEvent
}

export interface Place {
  readonly stream: string
  /** Of the first event. */
  readonly revision: number
  readonly recordedAt: string
}

export type Encode = (fact: Fact, stream: string, expected: number, metadata: Metadata) => NewEvent

/** Facts that happen once in their stream, as its first event: what they guard would else happen twice. */
const begins: ReadonlySet<string> = new Set<EventType>([
  'AccountOpened',
  'CouponsIssued',
  'CouponRedeemed',
  'InstanceProvisioned',
])

/** The events of a decision, as they will lie in the stream. The key stands on the last one, the command's own. */
export const makeEvents = (
  entry: Entry,
  facts: readonly Fact[],
  place: Place,
  encode: Encode,
): readonly MadeEvent[] => {
  const { stream, recordedAt } = place
  return facts.map((fact, index) => {
    if (streamOf(fact) !== stream) throw new Error(`${fact.type} does not belong in ${stream}`)
    const metadata = metadataOf(entry, recordedAt, index === facts.length - 1)
    const revision = place.revision + index
    if (revision > 0 && begins.has(fact.type)) throw new Error(`${fact.type} lies at the beginning of ${stream} alone`)
    const encoded = encode(fact, stream, revision - 1, metadata)
    return { event: placed(fact, { id: encoded.id, stream, revision, metadata }), encoded }
  })
}

/** Written out: where a spread is followed by more, V8 makes the shape of the object anew each time. */
const placed = ({ type, data }: Fact, { id, stream, revision, metadata }: Envelope): StreamEvent =>
  ({ type, data, id, stream, revision, metadata }) as StreamEvent

/** Written out, because spreads that may be empty cost more than all the rest. */
const metadataOf = ({ context, command, causationId }: Entry, recordedAt: string, last: boolean): Metadata => {
  const { idempotency, actor, correlationId } = context
  const metadata: { -readonly [Field in keyof Metadata]: Metadata[Field] } = {
    recordedAt,
    actor: actor.subject,
    correlationId,
    causationId,
  }
  if (command.effectiveDate !== undefined) metadata.effectiveDate = command.effectiveDate
  if (idempotency !== null && last) {
    metadata.key = `${command.operation} ${idempotency.key}`
    metadata.fingerprint = idempotency.fingerprint
  }
  return metadata
}
