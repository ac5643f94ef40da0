import type { EventLog } from '../store/port.js'
import { BuildGone, type BuildSpec, type ViewBuild, type ViewCheckpoint } from '../views/port.js'
import { codeOf, type FollowedBatch, type LastPlace, lastPlace, reasonOf } from './batch.js'
import { Cache } from './cache.js'
import { fold, type Held, load } from './fold.js'
import type { Consumer } from './follow.js'
import { type Attempt, Kept } from './kept.js'
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
  /** Decoded documents cached, at least. */
  readonly cached?: number
  /** A build that nobody reads yet: documents that changed are kept back until `settle`, so that one that changes often is written once. */
  readonly deferred?: boolean
  /** Whoever reads the build calls `store` first: as long as it says so, rows and documents are kept back for a moment, so that many are written at once. */
  readonly lazy?: () => boolean
}

/** What keeps a runner from writing now; it tries again by itself. */
export interface Trouble {
  readonly code: string
  readonly reason: string
}

/** Runs one projection on one build. */
export interface Runner extends Consumer {
  readonly build: ViewBuild
  /** The number of the last event whose effect readers see, where it is lazy after `store`; -1: none. */
  readonly leaf: number
  /** Of the last event whose effect readers of the build certainly see without it; -1: none. */
  readonly stored: number
  readonly trouble: Trouble | null
  /** Writes what waits. Rejects where `settle` breaks it off. */
  store(): Promise<void>
  /** Writes what was kept back and the checkpoint, and is no longer deferred. */
  settle(signal: AbortSignal): Promise<void>
}

/** Documents kept back at most where it is deferred, and rows where it is lazy. */
const KEPT_BACK = 50_000
const WAITING = 10_000

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
 * deterministic, this runner sees every event, and writes apply only over a lower number. So a commit that failed is simply sent again.
 *
 * A batch that changes nothing here is passed at once, without a write.
 */
export const openRunner = async (options: RunnerOptions): Promise<Runner> => {
  const { projection, build, log, sleep, cached = 50_000, lazy = never } = options
  const handled = new Set<string>(projection.handles)
  const stored = await build.checkpoint()
  await verify(log, stored)
  let { deferred = false } = options
  let passed = stored
  let cache = new Cache<Held>(cached)
  let trouble: Trouble | null = null
  const attempt = retrying(sleep, (now) => {
    trouble = now
  })
  const kept = new Kept({ projection, build, stored, attempt, sleep, lazy })
  const sources = {
    build,
    documents: {
      get: (key: string) => cache.get(key) ?? kept.document(key),
      set: (key: string, held: Held) => cache.set(key, held),
    },
    row: kept.row.bind(kept),
  }

  const take = async (batch: FollowedBatch, place: LastPlace, signal: AbortSignal): Promise<void> => {
    const context = kept.reached?.context ?? {}
    const reached = { epoch: log.epoch, ...place, context }
    const events = batch.events.filter(({ type }) => handled.has(type))
    if (events.length === 0) return kept.add({ rows: [], documents: [] }, reached)
    cache.age()
    const loaded = await attempt(() => load(projection, sources, events), signal)
    try {
      kept.add(fold(projection, loaded, context), reached)
    } catch (error) {
      // Documents may be ahead of the rows that belong to them.
      cache = new Cache<Held>(cached)
      kept.drop()
      throw error
    }
  }

  const write = async (signal: AbortSignal): Promise<void> => {
    if (deferred && kept.documents < KEPT_BACK) return kept.commitRows(signal)
    const waits = lazy() && !deferred && !kept.refused && kept.rows < WAITING
    if (!kept.empty && !waits) await kept.commit(signal)
    passed = kept.reached
    if (!deferred) kept.trail()
  }

  return {
    name: projection.name,
    build,
    handle: async (batch, signal) => {
      const place = lastPlace(batch)
      if (place === null) return
      // What was folded, and given up while it was written, comes again.
      if (place.leaf > (kept.reached?.leaf ?? -1)) await take(batch, place, signal)
      await write(signal)
    },
    get checkpoint() {
      // What is folded and was not passed comes again: to be passed.
      return (passed?.leaf ?? -1) < (kept.reached?.leaf ?? -1) ? passed : kept.reached
    },
    get leaf() {
      return passed?.leaf ?? -1
    },
    get stored() {
      return kept.readable?.leaf ?? -1
    },
    get trouble() {
      return trouble
    },
    store: () => kept.store(),
    settle: async (signal) => {
      deferred = false
      await kept.settle(signal)
      passed = kept.reached
    },
  }
}

const never = (): boolean => false

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
