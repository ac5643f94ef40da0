import type { BuildName, ViewStore } from '../views/port.js'
import { catchUp, StoppedAtEvent } from './catch-up.js'
import type { AnyProjection } from './projection.js'
import type { Projecting } from './projector.js'
import { CheckpointMismatch, openRunner, type Runner, specOf } from './runner.js'

/** The live build is of a newer version of the program: this one leaves it alone. */
export class NewerViews extends Error {
  readonly code = 'newer_views'
}

const versionOf = (build: BuildName): number => Number.parseInt(build, 10)

/** Whether a build must be made before anything can be followed. */
export const isToBuild = (live: BuildName | null, { version }: AnyProjection): boolean =>
  live === null || versionOf(live) < version

/** Opens the live build, or makes the first one of this version, and brings it up to the end of the log: those who follow it wait for nobody. */
export const openLive = async (
  { log, decode, views, sleep, lazy }: Projecting,
  projection: AnyProjection,
  signal: AbortSignal,
): Promise<Runner> => {
  const { name, version } = projection
  // Those before it in the queue took their time.
  signal.throwIfAborted()
  const live = await views.liveBuild(name)
  if (live !== null && versionOf(live) > version)
    throw new NewerViews(`The build ${live} of ${name} is live, and this program makes version ${version}.`)
  const spec = specOf(projection)
  if (live !== null && !isToBuild(live, projection)) {
    const runner = await openRunner({ projection, build: await views.openBuild(spec, live), log, sleep, lazy })
    await catchUp({ log, decode, consumer: runner, signal }).catch((error: unknown) => {
      // Who follows the log stops there too, and shows it beside what the build holds.
      if (!(error instanceof StoppedAtEvent)) throw error
    })
    return runner
  }
  const build = await views.createBuild(spec)
  const runner = await openRunner({ projection, build, log, sleep, lazy, deferred: true })
  await catchUp({ log, decode, consumer: runner, signal })
  await runner.settle(signal)
  await build.finish()
  return runner
}

/** Drops what others began and left behind; a newer version's builds are its own affair. */
export const dropLeftovers = async (views: ViewStore, projection: AnyProjection): Promise<void> => {
  const live = await views.liveBuild(projection.name)
  for (const build of await views.builds(projection.name))
    if (build !== live && versionOf(build) <= projection.version) await views.dropBuild(specOf(projection), build)
}

/** Trying again would not help: what is stored must change first. */
export const isFinal = (error: unknown): boolean =>
  [StoppedAtEvent, CheckpointMismatch, NewerViews, TypeError, SyntaxError].some((kind) => error instanceof kind)
