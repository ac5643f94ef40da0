/**
 * The event-store port: what the ledger needs of a store of events, and nothing more.
 *
 * Streams are named by us (`account-<name>`), hold events at dense revisions from 0, and lie together in one log.
 * An adapter stores and returns bytes; it never looks into data or metadata.
 */

/** A place in the log: a safe integer that grows along it. Opaque: compare two of one store, never compute with one. */
export type Position = number

/** The expected revision of a stream that must not exist yet. */
export const NO_STREAM = -1

/** An event on its way in. `data` and `metadata` are canonical JSON; see `encode`. */
export interface NewEvent {
  /** UUID, lower case; the same fact at the same place always has the same id. */
  readonly id: string
  /** With its version: `Traded.v1`. */
  readonly type: string
  readonly data: string
  readonly metadata: string
}

/** An event as it lies in the store. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string
  /** From 0 in each stream, dense. */
  readonly revision: number
  readonly position: Position
}

export interface Appended {
  /** Of the last event of the append. */
  readonly revision: number
  /** Of the last event of the append. The events of one append lie in the log in order, others may lie between. */
  readonly position: Position
}

export interface ReadStream {
  readonly direction: 'forwards' | 'backwards'
  /** Inclusive. Left out: the first event forwards, the last one backwards. */
  readonly from?: number
  /** At least 1. */
  readonly max: number
}

export interface ReadLog {
  /** Exclusive; `null` is the beginning. Else the position of an event, as it was given out. */
  readonly after: Position | null
  /** At least 1. */
  readonly max: number
}

export interface Subscribe {
  /** Exclusive; `null` is the beginning. */
  readonly after: Position | null
  /** Ends the iteration, without an error, also while it waits. */
  readonly signal: AbortSignal
}

/**
 * The reading half: any number of threads and processes may hold one.
 * Besides what each method says, on a remote store all of them reject with `StoreUnreachable` when it does not answer for long (a
 * subscription waits for it instead), with `StoreUnreadable` where it refuses us, and those of the log with `RetentionSet`.
 */
export interface EventLog {
  /** Drawn when the store was made; a checkpoint of another epoch means nothing here. */
  readonly epoch: string

  /** The events of one stream; an empty array where the stream does not exist. Rejects with `StoreClosed`. */
  readStream(stream: string, options: ReadStream): Promise<readonly RecordedEvent[]>

  /**
   * A page of the log, in order. A page that is not full proves that the end was reached by a read which began
   * after the call. Rejects with `StoreClosed`.
   */
  readLog(options: ReadLog): Promise<readonly RecordedEvent[]>

  /** The event at a position that was given out; `undefined` where this log has none there. Rejects with `StoreClosed`. */
  eventAt(position: Position): Promise<RecordedEvent | undefined>

  /**
   * All events after a position, then those to come, in order, without gap or double, in batches that are never empty.
   * The next batch is read only when the last one was taken, so a slow reader holds back nothing but itself.
   * Throws `StoreClosed` when the store closes under it.
   */
  subscribe(options: Subscribe): AsyncIterable<readonly RecordedEvent[]>

  close(): Promise<void>
}

/** The writing half; on SQLite one process holds it at a time. */
export interface EventStore extends EventLog {
  /**
   * Appends one batch to one stream, whole or not at all, if the stream's last revision is `expected` (`NO_STREAM`: it does not exist).
   * When it resolves the events are on disk. Appends of different streams succeed or fail alone; a caller has at most one append per stream under way.
   *
   * The same ids at the same place once more: success again, with the same answer, and nothing is written, also after a restart.
   *
   * Rejects with
   * - `WrongExpectedRevision`: definitely not stored; the stream is elsewhere;
   * - `DiskFull`: definitely not stored; may be tried again when there is space;
   * - `ClockRefused`: definitely not stored; may be tried again when the clock is right;
   * - `AppendTooLarge`: definitely not stored, and never will be;
   * - `OutcomeUnknown`: stored or not; the identical append must be repeated until the answer is another one;
   * - `StoreStopped`: this store accepts nothing any more until the process starts again; whether this append was stored shows then;
   * - `StoreClosed`: definitely not stored.
   */
  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended>

  /** Why the store cannot take appends now, or `null`. */
  trouble(): StoreTrouble | null
}

export interface StoreTrouble {
  readonly code: 'disk_full' | 'store_stopped' | 'store_unreachable' | 'clock'
  readonly detail: string
}

/** Bytes of data, metadata and type that one append may carry, at most: half of what the strictest store takes. */
export const MAX_APPEND_BYTES = 512 * 1024
