import { codeOf, reasonOf } from '../follower/batch.js'
import { catchUp } from '../follower/catch-up.js'
import type { AnyProjection } from '../follower/projection.js'
import type { Projecting, Projector } from '../follower/projector.js'
import { openRunner, specOf } from '../follower/runner.js'
import { type Comparison, compare } from './compare.js'

export interface RebuildOptions extends Projecting {
  readonly projection: AnyProjection
  /** Keeps the live build going meanwhile, and then goes on with the new one. */
  readonly projector: Projector
  /** Told now and then; `total`: events of the log when it began, as far as the live build knew. */
  readonly progress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

export interface Rebuilt extends Comparison {
  readonly projection: string
  readonly build: string
  readonly events: number
}

/** How a rebuild ended, for whoever asked for it. */
export type RebuildEnd =
  | { readonly kind: 'done'; readonly results: readonly Rebuilt[] }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string }

/** What is said of a rebuild, line by line: its progress, and last its end. */
export type RebuildLine = { readonly kind: 'progress'; readonly done: number; readonly total: number } | RebuildEnd

/**
 * Replays the log into a new build beside the live one, compares the two, makes the new one live. Cancelled or failed, it drops what it
 * made and rejects; readers saw nothing of it. Takes the projection over first. Not for the same one twice at a time.
 */
export const rebuild = async (options: RebuildOptions): Promise<Rebuilt> => {
  const { log, decode, views, sleep, lazy, projection, projector, progress, signal } = options
  await projector.hold(projection)
  const spec = specOf(projection)
  const live = await views.liveBuild(projection.name)
  const before = live === null ? null : await views.openBuild(spec, live)
  const total = ((await before?.checkpoint())?.leaf ?? -1) + 1
  const build = await views.createBuild(spec)
  try {
    const runner = await openRunner({ projection, build, log, sleep, lazy, deferred: true })
    await catchUp({ log, decode, consumer: runner, progress: (done) => progress(done, Math.max(done, total)), signal })
    await runner.settle(signal)
    await build.finish()
    const comparison = before === null ? nothing : await compare(before, build)
    signal.throwIfAborted()
    await projector.replace(projection, runner)
    return { ...comparison, projection: projection.name, build: build.name, events: runner.leaf + 1 }
  } catch (error) {
    await views.dropBuild(spec, build.name)
    throw error
  }
}

/** Those of several before it that are live already. */
export class RebuildStopped extends Error {
  readonly code: string
  constructor(projection: string, error: unknown, before: readonly Rebuilt[]) {
    const live = before.length === 0 ? '' : `; made anew before it: ${before.map((one) => one.projection).join(', ')}`
    super(`${projection}: ${reasonOf(error)}${live}`)
    this.code = codeOf(error, 'rebuild_failed')
  }
}

/** One after another, each live before the next begins. The progress is that of the whole. Rejects with `RebuildStopped`. */
export const rebuildEach = async (
  projections: readonly AnyProjection[],
  { progress, ...options }: Omit<RebuildOptions, 'projection'>,
): Promise<readonly Rebuilt[]> => {
  const results: Rebuilt[] = []
  let events = 0
  for (const projection of projections) {
    const left = projections.length - results.length
    const told = (done: number, total: number): void => progress(events + done, events + total * left)
    try {
      const result = await rebuild({ ...options, projection, progress: told })
      results.push(result)
      events += result.events
    } catch (error) {
      throw new RebuildStopped(projection.name, error, results)
    }
  }
  return results
}

const nothing: Comparison = { compared: 0, moved: 0, different: 0, differences: [] }
