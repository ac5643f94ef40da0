import { codeOf, reasonOf } from '../follower/batch.js'
import { Unavailable } from './port.js'

/** How a run ended, for whoever asked for it. */
export type RunEnd<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string }

export interface OneRunOptions {
  readonly loop: { catchUp(): Promise<void>; readonly leaf: number }
  /** The leaf number up to which the write model's file holds everything. */
  readonly flushed: () => number
  readonly wait: (milliseconds: number) => Promise<void>
}

/** Runs over the write model's file that somebody asks for. */
export interface OneRun<Asked, Result> {
  /** Begins when the file holds all that the log holds now. One at a time: `null` while another is under way. Never rejects. */
  begin(asked: Asked): Promise<RunEnd<Result>> | null
  /** Breaks off what is under way, and resolves when it has ended. */
  close(): Promise<void>
}

/** Milliseconds that the file has to come to where the log is, and between two looks. */
const PATIENCE = 15_000
const LOOK = 50

export const createOneRun = <Asked, Result>(
  { loop, flushed, wait }: OneRunOptions,
  work: (asked: Asked, signal: AbortSignal) => Promise<Result>,
): OneRun<Asked, Result> => {
  const ending = new AbortController()
  let running: Promise<RunEnd<Result>> | null = null

  const caughtUp = async (): Promise<void> => {
    await loop.catchUp()
    const { leaf } = loop
    for (let left = PATIENCE; flushed() < leaf && !ending.signal.aborted; left -= LOOK) {
      if (left <= 0) throw new Unavailable('busy', 'the write model is behind')
      await wait(LOOK)
    }
  }
  const run = async (asked: Asked): Promise<RunEnd<Result>> => {
    try {
      await caughtUp()
      const result = await work(asked, ending.signal)
      if (ending.signal.aborted) throw new Unavailable('shutting_down', 'the server is closing; ask again')
      return { kind: 'done', result }
    } catch (error) {
      return { kind: 'failed', code: codeOf(error, 'internal_error'), detail: reasonOf(error) }
    }
  }
  return {
    begin: (asked) => {
      if (running !== null) return null
      running = run(asked).finally(() => {
        running = null
      })
      return running
    },
    close: async () => {
      ending.abort()
      await running
    },
  }
}
