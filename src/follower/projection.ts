import type { EventType } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { JsonObject, RowIndex, RowKey } from '../views/port.js'

/** What a fold may look at besides document and event. */
export interface At {
  readonly leaf: number
  /** The key of the document being folded. */
  readonly key: string
  /** The small state kept in the checkpoint. */
  readonly context: JsonObject
}

/** The events of these types: what a projection that handles them is given. */
export type EventOf<Type extends EventType> = Extract<LedgerEvent, { type: Type }>

/**
 * One projection: documents are states, rows are facts computed from a document at an event.
 * All functions are pure and total; nothing but document, event and `at` is read. The runner owns batching, guards, checkpoint and rebuild.
 */
export interface Projection<Document, Row, Event extends LedgerEvent = LedgerEvent> {
  readonly name: string
  /** A new version is a new collection, built beside the old one. */
  readonly version: number
  /** The name of the view that holds the documents. */
  readonly documents: string
  /** The name of the view that holds the rows; `null`: it has none. */
  readonly rows: string | null
  readonly handles: readonly Event['type'][]
  readonly indexes: readonly RowIndex[]
  /** The documents an event changes. */
  keys(event: Event): readonly string[]
  evolve(document: Document | undefined, event: Event, at: At): Document
  /** The row an event adds to a document, computed from the document as it is right after the event. Its leaf is the event's. */
  row(document: Document, event: Event, at: At): Row | undefined
  /** Rows of earlier events that this event changes. */
  rowKeys(event: Event): readonly RowKey[]
  evolveRow(row: Row, event: Event, at: At): Row
  /** Documents and rows as they are stored: money as decimal strings. `decode(encode(x))` equals `x`. */
  readonly document: Codec<Document>
  readonly rowBody: Codec<Row>
}

export interface Codec<Value> {
  encode(value: Value): JsonObject
  /** Of our own making, guarded by the build's version: throws on anything else. */
  decode(body: JsonObject): Value
}

/** The two types of a projection are its own affair; a runner only passes them along. */
export type AnyProjection = Projection<unknown, unknown>
