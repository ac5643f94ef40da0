import { Worker } from 'node:worker_threads'
import { createVisibility } from './follower/visibility.js'
import type { RebuildEnd } from './reports/rebuild.js'
import { StoreClosed } from './store/errors.js'
import type { FollowerState, FromProjector, Hindrance, ProjectorData, Start, ToProjector } from './thread.js'
import { ViewsUnreachable } from './views/port.js'

export interface ProjectingEvents {
  readonly onPassed: (projection: string, leaf: number) => void
  readonly onFlushed: (leaf: number) => void
  /** Told again and again while something keeps it from starting. */
  readonly onTrouble: () => void
  /** Something for the operator. */
  readonly log: (message: string) => void
}

/** Told how many of how many events are done. */
export type Progress = (done: number, total: number) => void

/** The main thread's hold on the projecting thread. */
export interface Projecting {
  /** Settled once the log is open and the write model's file caught up. Rejects when the thread fails before, with `StoreClosed` when it is closed. */
  readonly started: Promise<Start>
  /** What the thread said last; empty until it follows. */
  state(): readonly FollowerState[]
  /** Why the log cannot be opened there, or `null`. */
  events(): Hindrance | null
  /** Why the thread is gone, or `null`. */
  failure(): string | null
  /** Resolves when whoever reads the views of a projection finds all that `onPassed` was told of. Rejects with `ViewsUnreachable`. */
  stored(projection: string): Promise<void>
  /** Of these projections, one after another. One rebuild at a time: `null` while another is under way. */
  rebuild(projections: readonly string[], progress: Progress): Promise<RebuildEnd> | null
  /** Breaks off a rebuild under way: its end says so. */
  stopRebuilds(): void
  /** Resolves when everything folded is in the files. */
  close(): Promise<void>
}

interface Rebuilding {
  readonly progress: Progress
  readonly resolve: (end: RebuildEnd) => void
}

/** The projecting thread ended with an error. */
class ProjectorFailed extends Error {
  readonly code = 'projector_failed'
}

const gone = (detail: string): RebuildEnd => ({ kind: 'failed', code: 'projector_failed', detail })

/** Says once why a follower does not go on, and once that it does. While it is opened again, the reason is still the old one. */
const teller = (log: (message: string) => void): ((followers: readonly FollowerState[]) => void) => {
  const told = new Map<string, string>()
  return (followers) => {
    for (const { name, trouble, doing } of followers) {
      const before = told.get(name) ?? null
      if ((trouble?.code ?? null) === before || (trouble === null && doing === 'opening')) continue
      if (trouble === null) told.delete(name)
      else told.set(name, trouble.code)
      log(trouble === null ? `${name} goes on` : `${trouble.code}: ${name}: ${trouble.detail}`)
    }
  }
}

/** Milliseconds that a reader waits for what is kept back. */
const PATIENCE = 1_000

/** Knows what was told as passed and is kept back, and asks for it when somebody reads. */
const createAsking = (ask: (projection: string) => void) => {
  const passed = new Map<string, number>()
  const stored = new Map<string, number>()
  const asked = new Map<string, number>()
  const waits = createVisibility(() => performance.now())
  return {
    passed: (told: Extract<FromProjector, { kind: 'passed' }>): void => {
      for (const [name, leaf] of told.leaves) {
        passed.set(name, Math.max(leaf, passed.get(name) ?? -1))
        stored.set(name, told.stored.get(name) ?? leaf)
        waits.passed(name, told.stored.get(name) ?? leaf)
      }
    },
    stored: async (projection: string): Promise<void> => {
      const leaf = passed.get(projection) ?? -1
      if (leaf <= (stored.get(projection) ?? -1)) return
      if (asked.get(projection) !== leaf) {
        asked.set(projection, leaf)
        ask(projection)
      }
      if (await waits.wait(projection, leaf, PATIENCE)) return
      asked.delete(projection)
      throw new ViewsUnreachable(`the views of ${projection} are not written yet; events are safe`)
    },
  }
}

/** MiB for new objects: most of a batch dies before it would be copied. */
const YOUNG = 48

export const startProjecting = (data: ProjectorData, events: ProjectingEvents): Projecting => {
  const worker = new Worker(new URL('./projector.js', import.meta.url), {
    workerData: data,
    transferList: data.committed === null ? [] : [data.committed],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  })
  let rebuilding: Rebuilding | null = null
  let state: readonly FollowerState[] = []
  let hindrance: Hindrance | null = null
  let readied = false
  let failure: string | null = null
  const tell = teller(events.log)
  const asking = createAsking((projection) => say({ kind: 'store', projection }))
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const say = (message: ToProjector): void => worker.postMessage(message)
  const rebuilt = (end: RebuildEnd): void => {
    rebuilding?.resolve(end)
    rebuilding = null
  }
  const started = new Promise<Start>((resolve, reject) => {
    worker.on('message', (message: FromProjector) => {
      if (message.kind === 'ready') {
        readied = true
        resolve(message)
      } else if (message.kind === 'passed') {
        asking.passed(message)
        for (const [name, leaf] of message.leaves) events.onPassed(name, leaf)
      } else if (message.kind === 'flushed') events.onFlushed(message.leaf)
      else if (message.kind === 'state') {
        state = message.followers
        tell(state)
        hindrance = message.events
        if (!readied && (hindrance !== null || state.some(({ trouble }) => trouble !== null))) events.onTrouble()
      } else if (message.kind === 'progress') rebuilding?.progress(message.done, message.total)
      else if (message.kind === 'rebuilt') rebuilt(message.end)
      /* c8 ignore next -- only a store on a server has something to say */ else events.log(message.message)
    })
    worker.once('error', (error: Error) => {
      failure = reasonOf(error)
      reject(new ProjectorFailed(failure))
      rebuilt(gone(failure))
    })
    worker.once('exit', () => reject(new StoreClosed('the following thread was closed')))
  })
  return {
    started,
    state: () => state,
    events: () => hindrance,
    failure: () => failure,
    stored: asking.stored,
    rebuild: (projections, progress) => {
      if (failure !== null) return Promise.resolve(gone(failure))
      if (rebuilding !== null) return null
      return new Promise((resolve) => {
        rebuilding = { progress, resolve }
        say({ kind: 'rebuild', projections })
      })
    },
    stopRebuilds: () => say({ kind: 'stop-rebuilds' }),
    close: async () => {
      say({ kind: 'close' })
      await ended
    },
  }
}

/** SQLite's errors lose their message on the way out of a thread; their code comes through. */
/* c8 ignore next 2 -- what SQLite refuses at a start, but for space, no test here can bring about */
const reasonOf = ({ message, code }: Partial<Error> & { readonly code?: unknown }): string =>
  message ?? `the following thread ended with ${String(code)}`
