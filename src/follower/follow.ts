import { setTimeout as pause } from 'node:timers/promises'
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
import { catchUp, StoppedAtEvent } from './catch-up.js'

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
  /** Of the last event taken. */
  place: Place | null
  stopped: Stopped | null
  /** The batch that it takes now. */
  taking: Promise<void> | null
  /** Goes on by itself, behind the others. */
  away: Promise<void> | null
}

/** Milliseconds that the others wait for one that takes a batch. */
const LATE = 1_000
/** Milliseconds before the log is asked again. */
const AGAIN = 500

/**
 * The one loop that follows the log: each event is read and decoded once for all. Starts behind the lowest checkpoint, each consumer skips
 * what it has. The next batch is taken when all consumers have taken the last one; one that cannot for long (its store is away) is left
 * behind, reads the log by itself when it can, and joins the others again. Bytes that cannot be decoded stop every consumer that has not
 * passed them; nothing is skipped.
 */
export const createFollower = ({ log, decode, consumers, max = 2_000 }: FollowerOptions): Follower => {
  const seats: Seat[] = consumers.map((consumer) => ({
    consumer,
    place: consumer.checkpoint,
    stopped: null,
    taking: null,
    away: null,
  }))
  const active = (): readonly Seat[] => seats.filter(({ stopped }) => stopped === null)
  const present = (): readonly Seat[] => active().filter(({ away }) => away === null)
  /** The number of the first event that was not given yet. */
  let next = 0

  const run = async (signal: AbortSignal): Promise<void> => {
    const ending = new AbortController()
    try {
      await follow(AbortSignal.any([signal, ending.signal]))
    } catch (error) {
      if (!(error instanceof RetentionSet)) throw error
      for (const seat of active()) seat.stopped = stoppedBySetting(error)
    } finally {
      ending.abort()
      await Promise.all(seats.map(({ away }) => away))
    }
  }

  const follow = async (signal: AbortSignal): Promise<void> => {
    if (active().length === 0) return
    const start = lowest(active().map(({ place }) => place))
    next = leafOf(start) + 1
    for await (const recorded of log.subscribe({ after: start?.position ?? null, signal })) {
      for (let from = 0; from < recorded.length && active().length > 0 && !signal.aborted; ) {
        const { batch, stopped } = decodeEvents(recorded, decode, { from, max, leaf: next })
        next += batch.events.length
        from += batch.events.length
        await giveAll(batch, signal)
        if (stopped === null) continue
        for (const seat of present()) if (leafOf(seat.place) < next) seat.stopped = stopped
        next += 1
        from += 1
      }
      if (active().length === 0 || signal.aborted) return
    }
  }

  /** To those who are there; where nobody is, the log does not outrun them. */
  const giveAll = async (batch: FollowedBatch, signal: AbortSignal): Promise<void> => {
    const given = present()
    await within(LATE, Promise.all(given.map((seat) => give(seat, batch, signal))))
    for (const seat of given) if (seat.taking !== null) seat.away = goAlone(seat, seat.taking, signal)
    if (active().length > 0 && present().length === 0) await Promise.race(active().map(({ away }) => away))
  }

  const goAlone = async (seat: Seat, taking: Promise<void>, signal: AbortSignal): Promise<void> => {
    await taking
    while (seat.stopped === null && !signal.aborted && leafOf(seat.place) < next - 1) {
      await catchUp({ log, decode, consumer: alone(seat), signal }).catch(async (error: unknown) => {
        if (error instanceof StoppedAtEvent) seat.stopped = error.stopped
        else await pause(AGAIN, undefined, { signal }).catch(() => undefined)
      })
    }
    seat.away = null
  }

  return {
    run,
    status: () => seats.map(({ consumer, place, stopped }) => ({ name: consumer.name, leaf: leafOf(place), stopped })),
  }
}

const leafOf = (place: Place | null): number => place?.leaf ?? -1

const give = (seat: Seat, batch: FollowedBatch, signal: AbortSignal): Promise<void> => {
  const rest = batchAfter(batch, leafOf(seat.place))
  const last = lastPlace(rest)
  if (last === null) return Promise.resolve()
  const take = async (): Promise<void> => {
    try {
      await seat.consumer.handle(rest, signal)
      seat.place = last
    } catch (error) {
      if (signal.aborted) return
      const reason = reasonOf(error)
      seat.stopped = { code: codeOf(error, 'consumer_failed'), reason, stream: null, revision: null, position: null }
    } finally {
      seat.taking = null
    }
  }
  seat.taking = take()
  return seat.taking
}

/** A seat as one that catches up: it begins behind its own place, and ends when it is stopped. */
const alone = (seat: Seat): Consumer => ({
  name: seat.consumer.name,
  checkpoint: seat.place,
  handle: async (batch, signal) => {
    await give(seat, batch, signal)
    if (seat.stopped !== null) throw new StoppedAtEvent(seat.stopped)
  },
})

/** Waits for something, so many milliseconds at most. */
const within = (milliseconds: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    void work.finally(() => {
      clearTimeout(timer)
      resolve()
    })
  })

/** `null`, the beginning, is lower than any place. */
const lowest = (places: readonly (Place | null)[]): Place | null =>
  places.reduce((low, place) => (low === null || place === null ? null : place.leaf < low.leaf ? place : low))
