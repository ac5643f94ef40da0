import type { LedgerEvent, StreamEvent } from '../../events/envelope.js'
import type { NewEvent } from '../store/port.js'
import type { Entry, Landed, Pending } from './entry.js'
import type { Standing } from './port.js'

/** Past this a batch takes no more commands: it stays well below what one append may carry. */
const MAX_EVENTS = 500
const MAX_BYTES = 192 * 1024

/** A command whose key is in flight, and where its own event will lie. */
interface Keyed {
  readonly entry: Entry
  readonly revision: number
}

/** The events of one append to one stream, and everyone whose answer rests on them. */
export class Batch {
  readonly first: number
  readonly events: StreamEvent[] = []
  readonly encoded: NewEvent[] = []
  readonly pending: Pending[] = []
  /** Of the keys, by event. */
  readonly #scopeHashes: (bigint | undefined)[] = []
  /** By scope. */
  #keys: Map<string, Keyed> | null = null
  readonly #landed: Landed[] = []
  #bytes = 0

  /** `first`: the revision of its first event. */
  constructor(first: number) {
    this.first = first
  }

  get full(): boolean {
    return this.events.length >= MAX_EVENTS || this.#bytes >= MAX_BYTES
  }

  /** Every event was seen in the log. */
  get committed(): boolean {
    return this.#landed.length === this.events.length
  }

  /** `entry`: the event is a command's own, and has its key. */
  add(event: StreamEvent, encoded: NewEvent, entry: Entry | null): void {
    this.events.push(event)
    this.encoded.push(encoded)
    this.#scopeHashes.push(entry?.scopeHash)
    if (entry !== null && entry.scope !== null)
      this.#keys = (this.#keys ?? new Map()).set(entry.scope, { entry, revision: event.revision })
    this.#bytes += Buffer.byteLength(encoded.data) + Buffer.byteLength(encoded.metadata)
  }

  keyed(scope: string): Keyed | undefined {
    return this.#keys?.get(scope)
  }

  holds(revision: number): boolean {
    return revision >= this.first && revision < this.first + this.events.length
  }

  /** The next of our events that the log has not shown yet, if it is this one. */
  expects(revision: number, id: string): StreamEvent | undefined {
    const at = this.#landed.length
    const event = this.events[at]
    return event !== undefined && event.revision === revision && event.id === id ? event : undefined
  }

  /** Of the key of the event that is expected next, if it is this one. */
  scopeHash({ revision, id }: StreamEvent): bigint | undefined {
    return this.expects(revision, id) && this.#scopeHashes[this.#landed.length]
  }

  land(event: LedgerEvent, standing: Standing | null): void {
    this.#landed.push({ event, standing })
  }

  landed(revision: number): Landed | undefined {
    return this.#landed[revision - this.first]
  }
}
