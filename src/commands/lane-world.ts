import type { LedgerEvent } from '../../events/envelope.js'
import type { EventStore } from '../store/port.js'
import type { Books } from './books.js'
import type { Entry } from './entry.js'
import type { Encode } from './make-events.js'

/** What a lane needs of the loop around it. */
export interface LaneWorld {
  readonly books: Books
  readonly store: EventStore
  readonly encode: Encode
  /** Throws `Unavailable` while the clock cannot be trusted. */
  now(): string
  /** What the books read of their file rests on more than was applied here: nothing may be decided before a catch-up. */
  behind(): boolean
  catchUp(): Promise<void>
  /** The committed event at a place in a stream, with its leaf number; `undefined`: there is none. */
  read(stream: string, revision: number, leaf: number): Promise<LedgerEvent | undefined>
  /** Takes a command from the start again. */
  submit(entry: Entry): void
  wait(milliseconds: number): Promise<void>
}
