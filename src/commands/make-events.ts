import type { Fact } from '../../events/catalogue.js'
import type { Metadata, StreamEvent } from '../../events/envelope.js'
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

/** The events of a decision, as they will lie in the stream. The key stands on the last one, the command's own. */
export const makeEvents = (
  entry: Entry,
  facts: readonly Fact[],
  place: Place,
  encode: Encode,
): readonly MadeEvent[] => {
  const { stream, recordedAt } = place
  const { idempotency, actor, correlationId } = entry.context
  const { operation, effectiveDate } = entry.command
  const shared = {
    recordedAt,
    actor: actor.subject,
    correlationId,
    causationId: entry.causationId,
    ...(effectiveDate !== undefined && { effectiveDate }),
  }
  const keyed = idempotency && {
    ...shared,
    key: `${operation} ${idempotency.key}`,
    fingerprint: idempotency.fingerprint,
  }
  return facts.map((fact, index) => {
    if (streamOf(fact) !== stream) throw new Error(`${fact.type} does not belong in ${stream}`)
    const metadata = keyed !== null && index === facts.length - 1 ? keyed : shared
    const revision = place.revision + index
    const encoded = encode(fact, stream, revision - 1, metadata)
    return { event: { ...fact, id: encoded.id, stream, revision, metadata }, encoded }
  })
}
