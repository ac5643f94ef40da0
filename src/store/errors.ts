import type { Position, RecordedEvent } from './port.js'

/** The failures of the event-store port. `code` is also the code a person sees. */
export abstract class StoreError extends Error {
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

/** The stream's last revision is not the expected one: nothing was stored. */
export class WrongExpectedRevision extends StoreError {
  readonly code = 'wrong_expected_revision'
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`${stream}: expected revision ${expected}, found ${actual}`)
  }
}

/** No space left: nothing was stored, and it may be tried again. */
export class DiskFull extends StoreError {
  readonly code = 'disk_full'
}

/** More than one append may carry: nothing was stored. */
export class AppendTooLarge extends StoreError {
  readonly code = 'append_too_large'
}

/** Stored or not: only repeating the identical append tells. */
export class OutcomeUnknown extends StoreError {
  readonly code = 'outcome_unknown'
}

/** The store gave up after an error that leaves the disk in doubt; only a new start helps. */
export class StoreStopped extends StoreError {
  readonly code = 'store_stopped'
}

/** The server of the store does not answer: what was asked for may be asked again. Never thrown by an append. */
export class StoreUnreachable extends StoreError {
  readonly code = 'store_unreachable'
}

export class StoreClosed extends StoreError {
  readonly code = 'store_closed'
}

/** Another process holds the writer's lock. */
export class StoreLocked extends StoreError {
  readonly code = 'store_locked'
}

/** The store is not what it was: events that were committed are gone, or its marks are damaged. */
export class StoreDamaged extends StoreError {
  readonly code = 'store_damaged'
}

/** The store cannot be opened: it is not there, is no store of ours, or the disk refuses. */
export class StoreUnreadable extends StoreError {
  readonly code = 'store_unreadable'
}

/** Stored bytes that are no event of the catalogue. Nothing is skipped: whoever follows the log stops here. */
export class Undecodable extends StoreError {
  readonly code = 'undecodable'
  readonly stream: string
  readonly revision: number
  readonly position: Position
  readonly storedType: string
  constructor(
    recorded: RecordedEvent,
    readonly reason: string,
  ) {
    const { stream, revision, position, type } = recorded
    super(`event ${revision} of ${stream} (${type}, position ${position}) cannot be decoded: ${reason}`)
    this.stream = stream
    this.revision = revision
    this.position = position
    this.storedType = type
  }
}
