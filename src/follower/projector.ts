import type { Decode } from '../store/decode.js'
import type { EventLog } from '../store/port.js'
import type { ViewStore } from '../views/port.js'
import { type Consumer, type ConsumerStatus, createFollower, type Follower } from './follow.js'
import type { AnyProjection } from './projection.js'
import type { Runner, Sleep, Trouble } from './runner.js'
import { Slot, type Turn } from './slot.js'

/** What every part needs that folds the log into views. */
export interface Projecting {
  readonly log: EventLog
  readonly decode: Decode
  readonly views: ViewStore
  readonly sleep: Sleep
  /** Whether whoever reads the views calls `Projector.store` first: then what is folded need not be written at once. */
  readonly lazy: () => boolean
}

export interface ProjectorOptions extends Projecting {
  readonly projections: readonly AnyProjection[]
  /** Fed by the same loop: the write model's file. */
  readonly consumers: readonly Consumer[]
  /** Told after each batch what readers of a live build now see; `stored`: without asking for it. */
  readonly onCheckpoint: (projection: string, leaf: number, stored: number) => void
  /** Drawn by the process, for the leases; `null`: a lock keeps other processes out. */
  readonly holder: string | null
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

export interface ProjectorStatus extends ConsumerStatus {
  /** What it cannot do now and tries again; `null`: nothing. */
  readonly trouble: Trouble | null
  /** `opening`: its build is being opened or made; `standby`: another process does its work, and `leaf` is how far that one had come when we looked last. */
  readonly doing: 'following' | 'opening' | 'standby'
}

export interface Projector {
  /** Takes the leases that are free, opens the live builds of those it holds, and follows the log until the signal. Rejects with the log's error. */
  run(signal: AbortSignal): Promise<void>
  /** Of every projection and consumer; a projection that is being built first has `leaf` -1. */
  status(): readonly ProjectorStatus[]
  /** Writes what the views of a projection keep back, and tells of it by `onCheckpoint`, unless another build takes over meanwhile. */
  store(projection: string): Promise<void>
  /** Takes a projection over from whichever process does it. Rejects with the views' error. */
  hold(projection: AnyProjection): Promise<void>
  /** Goes on with another build: brings it up to the end of the log, makes it live, later drops the one before. Also revives a stopped projection. */
  replace(projection: AnyProjection, runner: Runner): Promise<void>
}

/**
 * The loop of the projecting thread: every projection whose lease it holds and every consumer on one follower. To change a runner, following
 * stops between two batches and begins again behind the lowest checkpoint; each consumer skips what it has.
 */
export const createProjector = (options: ProjectorOptions): Projector => {
  const { log, decode, consumers, onCheckpoint } = options
  let follower: Follower = createFollower({ log, decode, consumers: [] })
  let pause = new AbortController()
  /** The following that a change must wait for. */
  let following: Promise<void> = Promise.resolve()
  let changing: Promise<void> = Promise.resolve()

  const change = (work: () => Promise<void>): Promise<void> => {
    const done = changing.then(async () => {
      await following
      await work()
    })
    changing = done.catch(() => undefined)
    pause.abort()
    return done
  }
  const shared = { change, opening: oneByOne(), building: oneByOne() }
  const slots = options.projections.map((projection) => new Slot(projection, options, shared))

  const run = async (signal: AbortSignal): Promise<void> => {
    const tending = slots.map((slot) => slot.tend(signal))
    while (!signal.aborted) {
      const change = changing
      await change
      if (change !== changing) continue
      pause = new AbortController()
      follower = createFollower({ log, decode, consumers: [...slots.flatMap(announcing(onCheckpoint)), ...consumers] })
      following = follow(follower, slots, AbortSignal.any([signal, pause.signal]))
      await following
    }
    await Promise.all(tending)
    await changing
    await Promise.all(slots.map((slot) => slot.settle()))
  }

  const slotFor = ({ name }: AnyProjection): Slot => {
    const slot = slots.find(({ projection }) => projection.name === name)
    if (slot === undefined) throw new Error(`no projection ${name} here`)
    return slot
  }

  return {
    run,
    status: () => [
      ...slots.map((slot) => slot.status(follower)),
      ...follower
        .status()
        .slice(-consumers.length || Number.POSITIVE_INFINITY)
        .map((one) => ({ ...one, trouble: null, doing: 'following' as const })),
    ],
    store: async (projection) => slots.find((slot) => slot.projection.name === projection)?.store(),
    hold: async (projection) => slotFor(projection).hold(),
    replace: async (projection, runner) => slotFor(projection).install(runner),
  }
}

/** In the order of the list, so that the service of the first begins first, and those that follow share the thread with one such work at most. */
const oneByOne = (): Turn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
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
      onCheckpoint(runner.name, runner.leaf, runner.stored)
    }
    return [{ name: runner.name, checkpoint: runner.checkpoint, handle }]
  }
