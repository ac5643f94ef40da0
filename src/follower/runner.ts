import type { EventLog } from '../store/port.js'
import { BuildGone, type BuildSpec, type RowRecord, type ViewBuild, type ViewCheckpoint } from '../views/port.js'
import { codeOf, type FollowedBatch, lastPlace, reasonOf } from './batch.js'
import { Cache } from './cache.js'
import { encodeDocuments, fold, type Held, load } from './fold.js'
import type { Consumer } from './follow.js'
import { type Attempt, Passing } from './passing.js'
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
  /** A build that nobody reads yet: documents that changed are kept back until `settle`, so that one that changes often is written once. */
  readonly deferred?: boolean
}

/** What keeps a runner from writing now; it tries again by itself. */
export interface Trouble {
  readonly code: string
  readonly reason: string
}

/** Runs one projection on one build. */
export interface Runner extends Consumer {
  readonly build: ViewBuild
  /** The number of the last event whose effect readers of the build see; -1: none. */
  readonly leaf: number
  readonly trouble: Trouble | null
  /** Writes what was kept back and the checkpoint, and keeps no document back from now on. */
  settle(signal: AbortSignal): Promise<void>
}

/** Documents kept back at most. */
const KEPT_BACK = 50_000

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
 *
 * A batch that changes nothing here is passed at once, without a write.
 */
export const openRunner = async (options: RunnerOptions): Promise<Runner> => {
  const { projection, build, log, cached = 50_000 } = options
  const handled = new Set<string>(projection.handles)
  const stored = await build.checkpoint()
  await verify(log, stored)
  /** What is folded, though it may be kept back. */
  let reached = stored
  let deferred = options.deferred === true
  let cache = new Cache<Held>(cached)
  let kept = new Map<string, Held>()
  let trouble: Trouble | null = null
  const attempt = retrying(options.sleep, (now) => {
    trouble = now
  })
  const passing = new Passing({ build, stored, attempt, sleep: options.sleep })
  const documents = {
    get: (key: string) => cache.get(key) ?? kept.get(key),
    set: (key: string, held: Held) => cache.set(key, held),
  }

  /** Rows, then the documents that are due with the checkpoint. */
  const write = async (rows: readonly RowRecord[], signal: AbortSignal): Promise<void> => {
    const idle = rows.length === 0 && kept.size === 0
    if (idle || (deferred && kept.size < KEPT_BACK)) {
      if (rows.length > 0) await attempt(() => build.commit({ rows, documents: [] }), signal)
      if (kept.size > 0) return
      passing.pass(reached)
      if (!deferred) passing.trail()
      return
    }
    const batch = {
      rows,
      documents: encodeDocuments(projection, kept.values()),
      ...(reached && { checkpoint: reached }),
    }
    await attempt(() => build.commit(batch), signal)
    passing.written(reached)
    kept = new Map()
  }

  const handle = async (batch: FollowedBatch, signal: AbortSignal): Promise<void> => {
    const place = lastPlace(batch)
    if (place === null) return
    const context = reached?.context ?? {}
    cache.age()
    const events = batch.events.filter(({ type }) => handled.has(type))
    const loaded = await attempt(() => load(projection, build, documents, events), signal)
    try {
      const { rows, changed } = fold(projection, loaded, context)
      for (const held of changed) kept.set(held.key, held)
      reached = { epoch: log.epoch, ...place, context }
      await write(rows, signal)
    } catch (error) {
      // Given up: what is held is ahead of what was written, and this batch will come again.
      cache = new Cache<Held>(cached)
      kept = new Map()
      reached = passing.passed
      throw error
    }
  }

  return {
    name: projection.name,
    build,
    handle,
    get checkpoint() {
      return passing.passed
    },
    get leaf() {
      return passing.passed?.leaf ?? -1
    },
    get trouble() {
      return trouble
    },
    settle: async (signal) => {
      deferred = false
      if (kept.size > 0) await write([], signal)
      await passing.settle(signal)
    },
  }
}

const verify = async (log: EventLog, checkpoint: ViewCheckpoint | null): Promise<void> => {
  if (checkpoint === null) return
  const { epoch, position, id } = checkpoint
  if (epoch !== log.epoch) throw new CheckpointMismatch('The views were made from another event store; rebuild them.')
  if ((await log.eventAt(position))?.id !== id)
    throw new CheckpointMismatch(
      `The event at position ${position} is not the one the views were made from; rebuild them.`,
    )
}

const FIRST_WAIT = 50
const LONGEST_WAIT = 5_000

/** Tries until it works or following ends: the store's failures pass. A stored body that cannot be decoded does not, nor a build that is gone. */
const retrying =
  (sleep: Sleep, show: (trouble: Trouble | null) => void): Attempt =>
  async (work, signal) => {
    let wait = FIRST_WAIT
    for (;;) {
      try {
        const result = await work()
        show(null)
        return result
      } catch (error) {
        if ([TypeError, SyntaxError, BuildGone].some((kind) => error instanceof kind)) throw error
        show({ code: codeOf(error, 'views_failed'), reason: reasonOf(error) })
        await sleep(wait, signal)
        signal.throwIfAborted()
      }
      wait = Math.min(wait * 2, LONGEST_WAIT)
    }
  }
