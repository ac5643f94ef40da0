import type { Decode } from '../store/decode.js'
import type { EventLog } from '../store/port.js'
import type { ViewStore } from '../views/port.js'
import type { Stopped } from './batch.js'
import { catchUp, stoppedBy } from './catch-up.js'
import { type Consumer, type ConsumerStatus, createFollower, type Follower } from './follow.js'
import type { AnyProjection } from './projection.js'
import { openRunner, type Runner, type Sleep, specOf, type Trouble } from './runner.js'

/** What every part needs that folds the log into views. */
export interface Projecting {
  readonly log: EventLog
  readonly decode: Decode
  readonly views: ViewStore
  readonly sleep: Sleep
}

export interface ProjectorOptions extends Projecting {
  readonly projections: readonly AnyProjection[]
  /** Fed by the same loop: the write model's file. */
  readonly consumers: readonly Consumer[]
  /** Told after each commit of a live build what its readers now see. */
  readonly onCheckpoint: (projection: string, leaf: number) => void
}

export interface ProjectorStatus extends ConsumerStatus {
  /** What it cannot write now and tries again; `null`: nothing. */
  readonly trouble: Trouble | null
}

export interface Projector {
  /** Prepares the live builds, then follows the log until the signal. Rejects with the log's error. */
  run(signal: AbortSignal): Promise<void>
  /** Of every projection and consumer; a projection that is being built first has `leaf` -1. */
  status(): readonly ProjectorStatus[]
  /** Goes on with another build: brings it up to the end of the log, makes it live, drops the one before. Also revives a stopped projection. */
  replace(projection: AnyProjection, runner: Runner): Promise<void>
}

/** One projection's place: its runner, or the reason why it takes nothing. */
interface Slot {
  readonly projection: AnyProjection
  runner: Runner | null
  stopped: Stopped | null
}

/**
 * The loop of the projecting thread: every projection and consumer on one follower. To change a runner, following stops between two
 * batches and begins again behind the lowest checkpoint; each consumer skips what it has.
 */
export const createProjector = (options: ProjectorOptions): Projector => {
  const { log, decode, views, consumers, onCheckpoint } = options
  const slots: Slot[] = options.projections.map((projection) => ({ projection, runner: null, stopped: null }))
  let follower: Follower = createFollower({ log, decode, consumers: [] })
  let pause = new AbortController()
  /** The following that `replace` must wait for. */
  let following: Promise<void> = Promise.resolve()
  let replacing: Promise<void> = Promise.resolve()

  const run = async (signal: AbortSignal): Promise<void> => {
    for (const slot of slots) await open(slot, options, signal)
    while (!signal.aborted) {
      await replacing
      pause = new AbortController()
      follower = createFollower({ log, decode, consumers: [...slots.flatMap(announcing(onCheckpoint)), ...consumers] })
      following = follow(follower, slots, AbortSignal.any([signal, pause.signal]))
      await following
    }
  }

  const replace = async (projection: AnyProjection, runner: Runner): Promise<void> => {
    const slot = slots.find((other) => other.projection.name === projection.name)
    if (slot === undefined) throw new Error(`no projection ${projection.name} here`)
    const swap = async (): Promise<void> => {
      await following
      await catchUp({ log, decode, consumer: runner, signal: new AbortController().signal })
      const before = await views.liveBuild(projection.name)
      await views.makeLive(projection.name, runner.build.name)
      Object.assign(slot, { runner, stopped: null })
      onCheckpoint(projection.name, runner.leaf)
      if (before !== null) await views.dropBuild(specOf(projection), before)
    }
    const done = replacing.then(swap)
    replacing = done.catch(() => {})
    pause.abort()
    await done
  }

  const status = (): readonly ProjectorStatus[] => [
    ...slots.map((slot) => statusOf(slot, follower)),
    ...follower
      .status()
      .slice(-consumers.length || Number.POSITIVE_INFINITY)
      .map((one) => ({ ...one, trouble: null })),
  ]
  return { run, replace, status }
}

const statusOf = ({ projection, runner, stopped }: Slot, follower: Follower): ProjectorStatus => {
  const { name } = projection
  const followed = follower.status().find((one) => one.name === name)?.stopped ?? null
  return { name, leaf: runner?.leaf ?? -1, stopped: stopped ?? followed, trouble: runner?.trouble ?? null }
}

/** Follows until the signal, also when all have stopped: one may be replaced. Keeps why a projection stopped. */
const follow = async (follower: Follower, slots: readonly Slot[], signal: AbortSignal): Promise<void> => {
  await follower.run(signal)
  for (const { name, stopped } of follower.status()) {
    const slot = slots.find(({ projection }) => projection.name === name)
    if (slot !== undefined) slot.stopped = stopped
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

/** The runner of a slot that goes, which tells of every commit. */
const announcing =
  (onCheckpoint: ProjectorOptions['onCheckpoint']) =>
  ({ runner, stopped }: Slot): readonly Consumer[] => {
    if (runner === null || stopped !== null) return []
    const handle: Consumer['handle'] = async (batch, signal) => {
      await runner.handle(batch, signal)
      onCheckpoint(runner.name, runner.leaf)
    }
    return [{ name: runner.name, checkpoint: runner.checkpoint, handle }]
  }

/** Opens the live build, or makes the first one of this version and brings it up to the end of the log before anybody reads it. */
const open = async (slot: Slot, options: ProjectorOptions, signal: AbortSignal): Promise<void> => {
  const { log, decode, views, sleep, onCheckpoint } = options
  const { projection } = slot
  const spec = specOf(projection)
  try {
    const live = await views.liveBuild(projection.name)
    for (const build of await views.builds(projection.name)) if (build !== live) await views.dropBuild(spec, build)
    const kept = live?.startsWith(`${projection.version}.`) ? live : null
    const build = kept === null ? await views.createBuild(spec) : await views.openBuild(spec, kept)
    const runner = await openRunner({ projection, build, log, sleep, deferred: kept === null })
    if (kept === null) {
      await catchUp({ log, decode, consumer: runner, signal })
      await runner.settle(signal)
      await build.finish()
      await views.makeLive(projection.name, build.name)
    }
    slot.runner = runner
    onCheckpoint(projection.name, runner.leaf)
  } catch (error) {
    slot.stopped = stoppedBy(error, 'views_failed')
  }
}
