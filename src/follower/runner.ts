import type { EventLog } from '../store/port.js'
import type { BuildSpec, ViewBuild, ViewCheckpoint } from '../views/port.js'
import { codeOf, type FollowedBatch, lastPlace, reasonOf } from './batch.js'
import { Cache } from './cache.js'
import { fold, type Held, load } from './fold.js'
import type { Consumer } from './follow.js'
import type { AnyProjection } from './projection.js'

/** The checkpoint of a build does not match the log: it ran on another log, or on one that was cut. */
export class CheckpointMismatch extends Error {
  readonly code = 'view_checkpoint_mismatch'
}

/** Waits; returns early when the signal fires. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

export interface RunnerOptions {
  readonly projection: AnyProjection
  readonly build: ViewBuild
  readonly log: EventLog
  readonly sleep: Sleep
  /** Decoded documents kept, at least. */
  readonly cached?: number
}

/** What keeps a runner from writing now; it tries again by itself. */
export interface Trouble {
  readonly code: string
  readonly reason: string
}

/** Runs one projection on one build. */
export interface Runner extends Consumer {
  readonly build: ViewBuild
  /** The number of the last event folded; -1: none. */
  readonly leaf: number
  readonly trouble: Trouble | null
}

export const specOf = ({ name, version, documents, rows, indexes }: AnyProjection): BuildSpec => ({
  projection: name,
  version,
  documents,
  rows,
  indexes,
})

/**
 * Opens a build for writing. Rejects with `CheckpointMismatch` where its checkpoint is not that of this log.
 *
 * Documents are cached decoded. A cached document at number k is right as of k whatever another projector wrote since: the fold is
 * deterministic, this runner sees every event, and writes apply only over a lower number. So a commit that failed is
 * simply sent again; only when it is given up is the cache emptied.
 */
export const openRunner = async (options: RunnerOptions): Promise<Runner> => {
  const { projection, build, log, cached = 50_000 } = options
  let checkpoint = await build.checkpoint()
  await verify(log, checkpoint)
  let cache = new Cache<Held>(cached)
  let trouble: Trouble | null = null
  const attempt = retrying(options.sleep, (now) => {
    trouble = now
  })

  const handle = async (batch: FollowedBatch, signal: AbortSignal): Promise<void> => {
    const place = lastPlace(batch)
    if (place === null) return
    const context = checkpoint?.context ?? {}
    const loaded = await attempt(() => load(projection, build, cache, batch.events), signal)
    const next: ViewCheckpoint = { epoch: log.epoch, ...place, context }
    try {
      const written = { ...fold(projection, loaded, context), checkpoint: next }
      await attempt(() => build.commit(written), signal)
    } catch (error) {
      // Given up: the cache is ahead of what was written, and this batch will come again.
      cache = new Cache<Held>(cached)
      throw error
    }
    checkpoint = next
  }

  return {
    name: projection.name,
    build,
    handle,
    get checkpoint() {
      return checkpoint
    },
    get leaf() {
      return checkpoint?.leaf ?? -1
    },
    get trouble() {
      return trouble
    },
  }
}

/** Positions are integers: the first event behind p − 1 is the one at p. */
const verify = async (log: EventLog, checkpoint: ViewCheckpoint | null): Promise<void> => {
  if (checkpoint === null) return
  const { epoch, position, id } = checkpoint
  if (epoch !== log.epoch) throw new CheckpointMismatch('The views were made from another event store; rebuild them.')
  const [found] = await log.readLog({ after: position - 1, max: 1 })
  if (found?.position !== position || found.id !== id)
    throw new CheckpointMismatch(
      `The event at position ${position} is not the one the views were made from; rebuild them.`,
    )
}

const FIRST_WAIT = 50
const LONGEST_WAIT = 5_000

/** Tries until it works or following ends: the store's failures pass. A stored body that cannot be decoded does not. */
const retrying =
  (sleep: Sleep, show: (trouble: Trouble | null) => void) =>
  async <Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> => {
    let wait = FIRST_WAIT
    for (;;) {
      try {
        const result = await work()
        show(null)
        return result
      } catch (error) {
        if (error instanceof TypeError || error instanceof SyntaxError) throw error
        show({ code: codeOf(error, 'views_failed'), reason: reasonOf(error) })
        await sleep(wait, signal)
        signal.throwIfAborted()
      }
      wait = Math.min(wait * 2, LONGEST_WAIT)
    }
  }
