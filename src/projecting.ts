import { Worker } from 'node:worker_threads'
import type { FollowerState, FromProjector, ProjectorData, RebuildEnd, ToProjector } from './thread.js'

/** Where the write side starts to follow the log. */
export type Start = Extract<FromProjector, { kind: 'ready' }>

export interface ProjectingEvents {
  readonly onPassed: (projection: string, leaf: number) => void
  readonly onFlushed: (leaf: number) => void
}

/** The main thread's hold on the projecting thread. */
export interface Projecting {
  /** Settled once the write model's file is caught up. Rejects when the thread fails before. */
  readonly started: Promise<Start>
  /** The log has grown. */
  wake(): void
  /** What the thread said last. */
  state(): readonly FollowerState[]
  /** Why the thread is gone, or `null`. */
  failure(): string | null
  rebuild(projection: string, progress: (done: number, total: number) => void): Promise<RebuildEnd>
  /** Resolves when everything folded is in the files. */
  close(): Promise<void>
}

interface Rebuilding {
  readonly progress: (done: number, total: number) => void
  readonly resolve: (end: RebuildEnd) => void
}

export const startProjecting = (data: ProjectorData, events: ProjectingEvents): Projecting => {
  const worker = new Worker(new URL('./projector.js', import.meta.url), { workerData: data })
  const rebuilds = new Map<number, Rebuilding>()
  let state: readonly FollowerState[] = []
  let failure: string | null = null
  let numbers = 0
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const say = (message: ToProjector): void => worker.postMessage(message)
  const started = new Promise<Start>((resolve, reject) => {
    worker.on('message', (message: FromProjector) => {
      if (message.kind === 'ready') resolve(message)
      else if (message.kind === 'passed') events.onPassed(message.projection, message.leaf)
      else if (message.kind === 'flushed') events.onFlushed(message.leaf)
      else if (message.kind === 'state') state = message.followers
      else if (message.kind === 'progress') rebuilds.get(message.number)?.progress(message.done, message.total)
      else {
        rebuilds.get(message.number)?.resolve(message.end)
        rebuilds.delete(message.number)
      }
    })
    worker.once('error', (error: Error) => {
      failure = reasonOf(error)
      reject(new ProjectorFailed(failure))
      const end: RebuildEnd = { kind: 'failed', code: 'projector_failed', detail: failure }
      for (const { resolve: settle } of rebuilds.values()) settle(end)
    })
  })
  return {
    started,
    wake: () => say({ kind: 'wake' }),
    state: () => state,
    failure: () => failure,
    rebuild: (projection, progress) =>
      new Promise((resolve) => {
        numbers += 1
        rebuilds.set(numbers, { progress, resolve })
        say({ kind: 'rebuild', number: numbers, projection })
      }),
    close: async () => {
      say({ kind: 'close' })
      await ended
    },
  }
}

/** The projecting thread is gone; without it nothing can be served. */
class ProjectorFailed extends Error {
  readonly code = 'projector_failed'
}

/** SQLite's errors lose their message on the way out of a thread; their code comes through. */
const reasonOf = ({ message, code }: Partial<Error> & { readonly code?: unknown }): string =>
  code === 'SQLITE_FULL' || code === 'ENOSPC'
    ? 'there is no space for the views or the write model; make some, and start again'
    : (message ?? `the projecting thread ended with ${String(code)}`)
