import { setImmediate as immediate } from 'node:timers/promises'
import type { LedgerEvent } from '../../events/envelope.js'
import type { FollowedBatch } from '../follower/batch.js'
import type { Consumer } from '../follower/follow.js'
import type { EventLog } from '../store/port.js'
import type { BookWriter } from './book-writer.js'

export interface BookConsumerOptions {
  readonly writer: BookWriter
  readonly epoch: string
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** The file holds everything up to this leaf number. */
  readonly onFlushed: (leaf: number) => void
}

/** How long what changed waits for its flush, so that what changes often is written once. */
const INTERVAL = 2_500
const TICK = 50
/** A flush begins early when so many events wait for it; one that issues coupons counts for each of them. */
const MOST = 20_000
/** A trade between two accounts that nobody else was at writes five rows: so a flush keeps up with the log, and never holds its thread for long. */
const EVENTS_PER_SLICE = 64

const weightOf = (event: LedgerEvent): number => (event.type === 'CouponsIssued' ? event.data.coupons.length : 1)

/** Keeps the write model's file up to date, beside the projections, in small steps between their batches. */
export class BookConsumer implements Consumer {
  readonly name = 'write-model'
  readonly #options: BookConsumerOptions
  readonly #timer: NodeJS.Timeout
  #since: number
  #waiting = 0
  /** Why the file cannot be written now; it is tried again at the next tick. */
  trouble: { readonly code: string; readonly reason: string } | null = null

  constructor(options: BookConsumerOptions) {
    this.#options = options
    this.#since = options.now()
    this.#timer = setInterval(() => this.#work(1), TICK)
    this.#timer.unref()
  }

  get checkpoint(): { readonly position: number; readonly leaf: number } | null {
    return this.#options.writer.reached
  }

  /** After those who were given the same batch and go on at once: somebody waits for the views. */
  async handle({ events, positions }: FollowedBatch): Promise<void> {
    await immediate()
    const { writer, epoch } = this.#options
    for (const [index, position] of positions.entries()) {
      const event = events[index]
      if (event !== undefined) writer.apply(event, epoch, position)
    }
    const weight = events.reduce((sum, event) => sum + weightOf(event), 0)
    this.#waiting += weight
    this.#work(Math.ceil(weight / EVENTS_PER_SLICE))
  }

  /** Everything folded so far is in the file when it returns, unless the file cannot be written: then the next start folds it again. */
  close(): void {
    clearInterval(this.#timer)
    this.#trying(() => this.#options.writer.flush())
  }

  #work(slices: number): void {
    const { writer, now, onFlushed } = this.#options
    // One that is still under way is followed by the next at once.
    if ((this.#waiting >= MOST || now() - this.#since >= INTERVAL) && writer.begin()) {
      this.#since = now()
      this.#waiting = 0
    }
    this.#trying(() => {
      for (let slice = 0; slice < slices; slice += 1) {
        if (writer.step() && writer.flushed !== null) onFlushed(writer.flushed.leaf)
      }
    })
  }

  /** What SQLite refuses now (a full disk, say) it may take later: a slice that failed is still the next one. */
  #trying(work: () => void): void {
    try {
      work()
      this.trouble = null
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!(error instanceof Error) || !code.startsWith('SQLITE_')) throw error
      this.trouble = {
        code: code === 'SQLITE_FULL' ? 'disk_full' : 'write_model_failed',
        reason: `the write model's file cannot be written: ${error.message}`,
      }
    }
  }
}

/** Whether a checkpoint of the write model's file speaks of this log. */
export const matchesLog = async (
  log: EventLog,
  checkpoint: { readonly epoch: string; readonly position: number; readonly id: string },
): Promise<boolean> => {
  if (checkpoint.epoch !== log.epoch) return false
  return (await log.eventAt(checkpoint.position))?.id === checkpoint.id
}
