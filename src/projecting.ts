import { Worker } from 'node:worker_threads'
import { createOwed } from './follower/owed.js'
import type { RebuildEnd } from './reports/rebuild.js'
import { StoreClosed } from './store/errors.js'
import type { FollowerState, FromProjector, Hindrance, ProjectorData, Start, ToProjector } from './thread.js'

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
  /**
   * Resolves when whoever reads the views of a projection finds all that `onPassed` was told of, and all that is owed; `undefined`: he finds
   * it now. Rejects with `ViewsUnreachable`.
   */
  stored(projection: string): Promise<void> | undefined
  /** `true`: whoever reads the views of a projection once they are `stored` finds this event, which lies in the log and may not be folded yet. */
  owe(projection: string, leaf: number): boolean
  /** The last event of which that was said, or which was passed; -1: none. */
  owed(projection: string): number
  /** Somebody waits for what may lie in the log. */
  look(): void
  /** Of these projections, one after another. One rebuild at a time: `null` while another is under way. */
  rebuild(projections: readonly string[], progress: Progress): Promise<RebuildEnd> | null
  /** Breaks off a rebuild under way: its end says so. */
  stopRebuilds(): void
  /** Resolves when everything folded is in the files, and everything owed, unless that takes longer than a reader would wait. */
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

export const startProjecting = (data: ProjectorData, events: ProjectingEvents): Projecting => {
  const worker = new Worker(new URL('./projector.js', import.meta.url), {
    workerData: data,
    transferList: data.committed === null ? [] : [data.committed],
  })
  let rebuilding: Rebuilding | null = null
  let state: readonly FollowerState[] = []
  let going: ReadonlySet<string> = new Set()
  let hindrance: Hindrance | null = null
  let readied = false
  let failure: string | null = null
  const tell = teller(events.log)
  const owed = createOwed((projection, leaf) => say({ kind: 'store', projection, leaf }))
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
        owed.passed(message)
        for (const [name, leaf] of message.leaves) events.onPassed(name, leaf)
      } else if (message.kind === 'flushed') events.onFlushed(message.leaf)
      else if (message.kind === 'state') {
        state = message.followers
        going = new Set(state.filter(({ doing, trouble }) => doing === 'following' && !trouble).map(({ name }) => name))
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
    stored: owed.stored,
    owed: owed.upTo,
    look: () => say({ kind: 'look' }),
    owe: (projection, leaf) =>
      data.lazy && failure === null && rebuilding === null && going.has(projection) && owed.owe(projection, leaf),
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
      if (failure === null) await owed.paid()
      say({ kind: 'close' })
      await ended
    },
  }
}

/** SQLite's errors lose their message on the way out of a thread; their code comes through. */
/* c8 ignore next 2 -- what SQLite refuses at a start, but for space, no test here can bring about */
const reasonOf = ({ message, code }: Partial<Error> & { readonly code?: unknown }): string =>
  message ?? `the following thread ended with ${String(code)}`
