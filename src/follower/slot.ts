import type { BuildName } from '../views/port.js'
import { codeOf, reasonOf, type Stopped } from './batch.js'
import { catchUp, stoppedBy } from './catch-up.js'
import type { Follower } from './follow.js'
import { alone, BEAT, createLease, type LeaseKeeper } from './lease.js'
import { dropLeftovers, isFinal, isToBuild, openLive } from './live-build.js'
import type { AnyProjection } from './projection.js'
import type { ProjectorOptions, ProjectorStatus } from './projector.js'
import { type Runner, specOf, type Trouble } from './runner.js'

/** Does a piece of work between two followings. */
export type Change = (work: () => Promise<void>) => Promise<void>

/** Does one piece of work after another. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** What all slots share. */
export interface Shared {
  readonly change: Change
  /** Live builds are opened here. */
  readonly opening: Turn
  /** Those that must be made, here: they take long, and nobody else waits for them. */
  readonly building: Turn
}

/** Milliseconds after which a reader that had found a build live is done with it. */
export const GRACE = 10_000

/** One projection's place in a process: its runner while the process holds its lease, or the reason why it takes nothing. */
export class Slot {
  readonly projection: AnyProjection
  readonly #options: ProjectorOptions
  readonly #shared: Shared
  readonly #lease: LeaseKeeper
  runner: Runner | null = null
  stopped: Stopped | null = null
  #trouble: Trouble | null = null
  /** The live build it was opened or stopped at: when another one is live, it is opened again. */
  #live: BuildName | null | undefined
  /** How far the process that does its work has come. */
  #seen = -1
  /** What others left behind is dropped once per lease. */
  #swept = false
  /** No longer live, and dropped when nobody can be reading it any more. */
  #retired: readonly { readonly build: BuildName; readonly since: number }[] = []
  #last: Promise<void> = Promise.resolve()
  #ending: AbortSignal = new AbortController().signal

  constructor(projection: AnyProjection, options: ProjectorOptions, shared: Shared) {
    this.projection = projection
    this.#options = options
    this.#shared = shared
    const { views, holder, now } = options
    const name = `${projection.name}@${projection.version}`
    this.#lease = holder === null ? alone : createLease({ views, name, holder, now })
  }

  status(follower: Follower): ProjectorStatus {
    const { name } = this.projection
    const followed = follower.status().find((one) => one.name === name)?.stopped ?? null
    return {
      name,
      leaf: this.runner?.leaf ?? this.#seen,
      stopped: this.stopped ?? followed,
      trouble: this.runner?.trouble ?? this.#trouble,
      doing: !this.#lease.held ? 'standby' : this.runner === null ? 'opening' : 'following',
    }
  }

  /** Until the signal: gives signs of life, also while a step takes long, and looks what is live. */
  async tend(signal: AbortSignal): Promise<void> {
    this.#ending = signal
    const troubled = (error: unknown): void => {
      if (!signal.aborted) this.#trouble = { code: codeOf(error, 'views_failed'), reason: reasonOf(error) }
    }
    let stepping: Promise<void> | null = null
    while (!signal.aborted) {
      await this.#lease.beat().catch(troubled)
      if (signal.aborted) break
      stepping ??= this.#step()
        .catch(troubled)
        .finally(() => {
          stepping = null
        })
      await this.#options.sleep(BEAT, signal)
    }
    await stepping
    await this.#lease.release().catch(() => undefined)
  }

  async hold(): Promise<void> {
    await this.#lease.seize()
    await this.#step()
  }

  /** Makes the runner's build live, unless it is, and goes on with it. */
  install(runner: Runner): Promise<void> {
    const { views, log, decode, onCheckpoint, now } = this.#options
    const { name } = this.projection
    const build = runner.build.name
    const taken = this.#shared.change(async () => {
      const before = await views.liveBuild(name)
      if (before !== build) {
        await catchUp({ log, decode, consumer: runner, signal: this.#ending })
        // Readers of the build before it have seen all that.
        await runner.settle(this.#ending)
        if (!(await views.builds(name)).includes(build)) throw new Error('another process has dropped the new build')
        await views.makeLive(name, build)
        if (before !== null) this.#retired = [...this.#retired, { build: before, since: now() }]
      }
      await this.#letGo()
      this.runner = runner
      this.stopped = null
      this.#live = build
      onCheckpoint(name, runner.leaf, runner.stored)
    })
    return taken.catch(async (error: unknown) => {
      // Its build may be dropped next: nothing is written to it any more.
      await runner.settle(AbortSignal.abort()).catch(() => undefined)
      throw error
    })
  }

  /** Writes what its build keeps back, and tells of it. */
  async store(): Promise<void> {
    const { runner } = this
    await runner?.store().catch(() => undefined)
    // Another one may have taken its place meanwhile: what is read is no longer its build.
    if (runner !== null && this.runner === runner) this.#options.onCheckpoint(runner.name, runner.leaf, runner.stored)
  }

  /** Writes what its build still lacks, when nothing follows any more; once, for whoever opens the build again finds its way. */
  async settle(): Promise<void> {
    await this.runner?.settle(AbortSignal.abort()).catch(() => undefined)
  }

  #step(): Promise<void> {
    const done = this.#last.then(() => (this.#lease.held ? this.#work() : this.#standBy()))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #standBy(): Promise<void> {
    this.#swept = false
    if (this.runner !== null || this.stopped !== null) await this.#stop(null)
    const checkpoint = await this.#options.views.reader.checkpoint(this.projection.name)
    this.#seen = checkpoint?.leaf ?? -1
    this.#trouble = null
  }

  /** Opens what is live, if that is another build than before. */
  async #work(): Promise<void> {
    const { views } = this.#options
    const live = await views.liveBuild(this.projection.name)
    if (!this.#swept) await dropLeftovers(views, this.projection)
    this.#swept = true
    await this.#dropRetired()
    this.#trouble = null
    if (live === this.#live && (this.runner !== null || this.stopped !== null)) return
    const turn = isToBuild(live, this.projection) ? this.#shared.building : this.#shared.opening
    try {
      const runner = await turn(() => openLive(this.#options, this.projection, this.#ending))
      if (this.#lease.held) await this.install(runner)
    } catch (error) {
      if (!isFinal(error)) throw error
      await this.#stop(stoppedBy(error, 'views_failed'))
      this.#live = live
    }
  }

  async #letGo(): Promise<void> {
    await this.settle()
    this.runner = null
  }

  #stop(stopped: Stopped | null): Promise<void> {
    return this.#shared.change(async () => {
      await this.#letGo()
      this.stopped = stopped
    })
  }

  async #dropRetired(): Promise<void> {
    const { views, now } = this.#options
    for (const retired of this.#retired) {
      if (now() - retired.since < GRACE) return
      await views.dropBuild(specOf(this.projection), retired.build)
      this.#retired = this.#retired.filter((other) => other !== retired)
    }
  }
}
