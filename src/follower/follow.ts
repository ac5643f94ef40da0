import type { Decode } from '../store/decode.js'
import { RetentionSet } from '../store/errors.js'
import type { EventLog } from '../store/port.js'
import {
  batchAfter,
  codeOf,
  decodeEvents,
  type FollowedBatch,
  lastPlace,
  type Place,
  reasonOf,
  type Stopped,
  stoppedBySetting,
} from './batch.js'

/** Takes the events of the log in order, each once while it runs. */
export interface Consumer {
  readonly name: string
  /** The last event it needs no more, read when following starts; `null`: it has none. */
  readonly checkpoint: Place | null
  /** Takes a batch. A rejection stops this consumer for good and is shown; the others go on. `signal`: following ends. */
  handle(batch: FollowedBatch, signal: AbortSignal): Promise<void>
}

export interface ConsumerStatus {
  readonly name: string
  /** The number of the last event taken; -1: none. */
  readonly leaf: number
  readonly stopped: Stopped | null
}

export interface Follower {
  /** Follows until the signal or until every consumer has stopped. Rejects with the log's error. */
  run(signal: AbortSignal): Promise<void>
  status(): readonly ConsumerStatus[]
}

export interface FollowerOptions {
  readonly log: EventLog
  readonly decode: Decode
  readonly consumers: readonly Consumer[]
  /** Events per batch at most. */
  readonly max?: number
}

interface Seat {
  readonly consumer: Consumer
  leaf: number
  stopped: Stopped | null
}

/**
 * The one loop that follows the log. Starts behind the lowest checkpoint, each consumer skips what it has. The next batch is taken when all
 * consumers have taken the last one. Bytes that cannot be decoded stop every consumer that has not passed them; nothing is skipped.
 */
export const createFollower = ({ log, decode, consumers, max = 2_000 }: FollowerOptions): Follower => {
  const seats: Seat[] = consumers.map((consumer) => ({
    consumer,
    leaf: consumer.checkpoint?.leaf ?? -1,
    stopped: null,
  }))
  const active = (): readonly Seat[] => seats.filter((seat) => seat.stopped === null)

  const run = (signal: AbortSignal): Promise<void> =>
    follow(signal).catch((error: unknown) => {
      if (!(error instanceof RetentionSet)) throw error
      for (const seat of active()) seat.stopped = stoppedBySetting(error)
    })

  const follow = async (signal: AbortSignal): Promise<void> => {
    if (active().length === 0) return
    const start = lowest(active().map((seat) => seat.consumer.checkpoint))
    let leaf = start === null ? 0 : start.leaf + 1
    for await (const recorded of log.subscribe({ after: start?.position ?? null, signal })) {
      for (let from = 0; from < recorded.length && active().length > 0 && !signal.aborted; ) {
        const { batch, stopped } = decodeEvents(recorded, decode, { from, max, leaf })
        await Promise.all(active().map((seat) => give(seat, batch, signal)))
        leaf += batch.events.length
        from += batch.events.length
        if (stopped === null) continue
        for (const seat of active()) if (seat.leaf < leaf) seat.stopped = stopped
        leaf += 1
        from += 1
      }
      if (active().length === 0 || signal.aborted) return
    }
  }

  return { run, status: () => seats.map(({ consumer, leaf, stopped }) => ({ name: consumer.name, leaf, stopped })) }
}

const give = async (seat: Seat, batch: FollowedBatch, signal: AbortSignal): Promise<void> => {
  const rest = batchAfter(batch, seat.leaf)
  const last = lastPlace(rest)
  if (last === null) return
  try {
    await seat.consumer.handle(rest, signal)
    seat.leaf = last.leaf
  } catch (error) {
    if (signal.aborted) return
    const reason = reasonOf(error)
    seat.stopped = { code: codeOf(error, 'consumer_failed'), reason, stream: null, revision: null, position: null }
  }
}

/** `null`, the beginning, is lower than any place. */
const lowest = (places: readonly (Place | null)[]): Place | null =>
  places.reduce((low, place) => (low === null || place === null ? null : place.leaf < low.leaf ? place : low))
